/** Where this provider's cluster and its files are, what was asked for, and what is remembered. */
import { join } from 'node:path';
import { UserError } from '../../../shared/errors.ts';
import type { ImageSettings } from '../../../shared/image-settings.ts';
import { type Paths, packageFile } from '../../../shared/paths.ts';
import type { WorldNames } from '../../../world/names.ts';
import { removeKubeconfig } from '../own-kubeconfig.ts';
import { type KindRecord, readRecord, removeFiles, writeOurFile, writeRecord } from '../record.ts';

export const DEFAULT_NAME = 'istio-tutor';

export interface KindOptions {
  /** kind's own name of the cluster; the default is istio-tutor. */
  readonly name?: string | undefined;
  readonly names: WorldNames;
  readonly paths: Paths;
  readonly nodeImage?: string | undefined;
  readonly images?: ImageSettings;
  /** Loads the images that the local Docker has into the node first. */
  readonly preload?: boolean | undefined;
  /** The text of the --istio-file. */
  readonly istioFile?: string;
  /** Makes a broken cluster again without asking. */
  readonly yes?: boolean | undefined;
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/** What the parts of this provider share. */
export interface KindSite {
  readonly name: string;
  /** The flag that leads back here: ' --name second'; '' for the default. */
  readonly flag: string;
  readonly kubeconfig: string;
  readonly config: string;
  readonly istioFile: { readonly path: string; readonly wanted: string | undefined };
  readonly nodeImage: string | undefined;
  readonly images: ImageSettings;
  readonly preload: boolean;
  readonly yes: boolean;
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  record(): KindRecord | null;
  save(record: KindRecord): void;
  /** Forgets all about the cluster: record, copy of the Istio file, the kubeconfig if nobody put more into it. */
  forget(): void;
}

export function kindSite(options: KindOptions): KindSite {
  const name = options.name ?? DEFAULT_NAME;
  const base = name === DEFAULT_NAME ? 'kind' : `kind-${name}`;
  const kubeconfig = options.paths.kubeconfig(base);
  const record = join(options.paths.data, `${base}.json`);
  const istioFile = join(options.paths.data, `${base}.istio.yaml`);
  return {
    name,
    flag: name === DEFAULT_NAME ? '' : ` --name ${name}`,
    kubeconfig,
    config: packageFile('kind-config.yaml'),
    istioFile: { path: istioFile, wanted: options.istioFile },
    nodeImage: options.nodeImage ?? options.images?.node,
    images: options.images ?? {},
    preload: options.preload === true,
    yes: options.yes === true,
    ask: options.ask,
    record: () => readRecord<KindRecord>(record, 'kind'),
    save: next => {
      if (next.istioFile !== undefined) writeOurFile(istioFile, next.istioFile);
      writeRecord(record, next);
    },
    forget() {
      removeKubeconfig({ path: kubeconfig, context: `kind-${name}`, entry: `kind-${name}` });
      removeFiles(record, istioFile);
    },
  };
}

/** The error for a cluster that has our name but was made by somebody else. */
export function notOurs(name: string): UserError {
  return new UserError({
    what: `There is a kind cluster named ${name} that istio-tutor did not make.`,
    why: 'istio-tutor neither changes nor deletes what it did not make.',
    next: [
      'istio-tutor up --name tutor2        makes another cluster beside it',
      `istio-tutor up --on context=kind-${name}   uses it, if Istio is installed there`,
      `kind delete cluster --name ${name}   deletes it`,
    ],
  });
}
