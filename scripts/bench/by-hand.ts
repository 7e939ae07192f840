/**
 * What `up` does, done by hand with kind, istioctl and kubectl: the same objects in the same order, and no more waiting
 * than necessary. The certificates are made beforehand; a person would have them in a file.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeCertificates } from '../../src/world/certificates.ts';
import { worldNames } from '../../src/world/names.ts';
import { namespaces, services, worldObjects } from '../../src/world/objects.ts';

const run = promisify(execFile);

export interface Site {
  readonly name: string;
  readonly folder: string;
  readonly kindConfig: string;
  readonly nodeImage?: string;
  readonly istioFile?: string;
}

export async function upByHand(site: Site): Promise<void> {
  const names = worldNames();
  const kubeconfig = join(site.folder, `${site.name}.kubeconfig`);
  const certificates = await makeCertificates();
  const kubectl = (...args: string[]) => run('kubectl', ['--kubeconfig', kubeconfig, ...args]);
  const apply = async (file: string, items: readonly unknown[]) => {
    const path = join(site.folder, file);
    writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await kubectl('apply', '-f', path);
  };

  const image = site.nodeImage === undefined ? [] : ['--image', site.nodeImage];
  await run('kind', [
    'create',
    'cluster',
    '--config',
    site.kindConfig,
    '--name',
    site.name,
    '--kubeconfig',
    kubeconfig,
    ...image,
  ]);
  const fragment = site.istioFile === undefined ? [] : ['-f', site.istioFile];
  const settings = ['--set', 'profile=minimal', '--set', 'meshConfig.accessLogFile=/dev/stdout'];
  await run('istioctl', ['install', '-y', ...settings, ...fragment, '--kubeconfig', kubeconfig]);

  await apply('first.json', [...namespaces(names, { fenced: true }), ...services(names)]);
  const ip = async (namespace: string, service: string) =>
    (await kubectl('-n', namespace, 'get', 'service', service, '-o', 'jsonpath={.spec.clusterIP}')).stdout;
  const ips = {
    stableIP: await ip(names.outside, 'safedata-stable'),
    canaryIP: await ip(names.outside, 'safedata-canary'),
    payIP: await ip(names.outside, 'example-pay'),
    catalogIP: await ip(names.mesh, 'catalog'),
  };
  await apply('world.json', worldObjects(names, { fenced: true }, { certificates, ips }));
  for (const namespace of [names.outside, names.mesh]) {
    await kubectl(
      '-n',
      namespace,
      'wait',
      '--for=condition=Available',
      'deployment',
      '--all',
      '--timeout=120s',
    );
  }
  await kubectl(
    '-n',
    names.mesh,
    'exec',
    'deploy/client',
    '-c',
    'curl',
    '--',
    'curl',
    '-sS',
    'https://api.safedata-zone.io/',
  );
}

export async function downByHand(site: Site): Promise<void> {
  await run('kind', [
    'delete',
    'cluster',
    '--name',
    site.name,
    '--kubeconfig',
    join(site.folder, `${site.name}.kubeconfig`),
  ]);
}
