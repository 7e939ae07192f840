/** The kubectl line that does what Enter would: shown beside every step, for pasting into a second terminal. Pure. */
import { ownNamespace } from '../course/manifest.ts';
import type { Change, Step } from '../course/schema.ts';
import { kindNamed } from '../kube/kinds.ts';
import { shellPath } from '../shared/paths.ts';
import { shellLine, shellWord } from '../shared/shell.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { baseName } from './state-of.ts';

export interface KubectlContext {
  readonly names: WorldNames;
  /** The lesson's folder, absolute. */
  readonly folder: string;
}

/** Null where kubectl has nothing to do, and where it cannot do the same in one line. */
export function kubectlLine(step: Step, on: KubectlContext): string | null {
  const { names } = on;
  switch (step.kind) {
    case 'read':
    case 'recap':
      return null;
    case 'predict':
    case 'probe':
      return `kubectl -n ${names.mesh} exec deploy/${CLIENT.deployment} -c ${CLIENT.container} -- curl -sS ${shellLine(step.call.curl)}`;
    case 'apply': {
      const parts = step.changes.map(change => ofChange(change, on));
      return parts.includes(null) ? null : parts.join(' && ');
    }
    case 'fix':
      if (step.files.length === 0) return `kubectl apply -f ${shellPath(`${on.folder}/`)}`;
      return `kubectl apply ${step.files.map(file => `-f ${shellPath(`${on.folder}/${baseName(file)}`)}`).join(' ')}`;
    case 'inspect': {
      const proxy = `kubectl -n ${names.mesh} exec deploy/${CLIENT.deployment} -c ${CLIENT.proxy} -- pilot-agent request GET`;
      if (step.look === 'access-log')
        return `kubectl -n ${names.mesh} logs deploy/${CLIENT.deployment} -c ${CLIENT.proxy} --tail 20`;
      if (step.look === 'object') {
        const { kind, name } = step.object ?? { kind: '', name: '' };
        return `kubectl -n ${names.mesh} get ${shellWord(kindNamed(kind)?.plural ?? kind)} ${shellWord(name)} -o yaml`;
      }
      return step.look === 'endpoints' ? `${proxy} clusters` : `${proxy} config_dump`;
    }
  }
}

function ofChange(change: Change, { names, folder }: KubectlContext): string | null {
  const where = (deployment: string) =>
    ['client', 'catalog'].includes(deployment) ? names.mesh : names.outside;
  if ('apply' in change)
    return `kubectl apply -f ${shellPath(`${folder}/manifests/${baseName(change.apply)}`)}`;
  if ('remove' in change) {
    const { kind, name, namespace } = change.remove;
    const ns = ownNamespace(namespace ?? 'mesh-network', names);
    return `kubectl -n ${shellWord(ns)} delete ${shellWord(kindNamed(kind)?.plural ?? kind)} ${shellWord(name)}`;
  }
  if ('scale' in change) {
    const { deployment, replicas } = change.scale;
    return `kubectl -n ${where(deployment)} scale deploy/${deployment} --replicas=${replicas}`;
  }
  if ('env' in change) {
    const { deployment, name, value } = change.env;
    return `kubectl -n ${where(deployment)} set env deploy/${deployment} ${shellWord(`${name}=${value}`)}`;
  }
  const { name, present } = change.service;
  // Giving one back takes a manifest: `kubectl expose` cannot name the port, and its name is what Istio goes by.
  return present ? null : `kubectl -n ${where(name)} delete service ${name}`;
}
