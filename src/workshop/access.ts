/**
 * What a learner of a workshop may do: everything inside the two namespaces of their own world, nothing outside them.
 * A ServiceAccount, a Role and a RoleBinding in each; the token comes from TokenRequest. Pure: objects and texts.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
import { stringify } from 'yaml';
import type { KubeObject } from '../kube/client.ts';
import { MANAGED_BY, type WorldNames } from '../world/names.ts';

export const ACCOUNT = 'learner';
/** On both namespaces: the learner they belong to. */
export const LEARNER = 'istio-tutor/learner';
/** The kubeconfig extension by which our program knows whose context this is. */
export const EXTENSION = 'istio-tutor/workshop';

const GROUPS = [
  'apps',
  'discovery.k8s.io',
  'events.k8s.io',
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
];
/** The core group's resources inside a namespace; the namespace itself may be read, not deleted. */
const CORE = [
  ...[
    'pods',
    'pods/log',
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'pods/status',
    'services',
    'endpoints',
  ],
  ...[
    'configmaps',
    'secrets',
    'serviceaccounts',
    'events',
    'persistentvolumeclaims',
    'replicationcontrollers',
  ],
];

export function accessObjects(names: WorldNames): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(names.mesh) },
    ...[names.mesh, names.outside].flatMap((namespace): KubeObject[] => [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: meta(namespace),
        rules: [
          { apiGroups: GROUPS, resources: ['*'], verbs: ['*'] },
          { apiGroups: [''], resources: CORE, verbs: ['*'] },
          { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: meta(namespace),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT },
        subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: names.mesh }],
      },
    ]),
  ];
}

function meta(namespace: string): KubeObject['metadata'] {
  return { name: ACCOUNT, namespace, labels: { ...MANAGED_BY } };
}

export interface LearnerAccess {
  readonly names: WorldNames;
  readonly prefix: string;
  /** As the learner's machine reaches it: 'https://10.0.0.5:6443'. */
  readonly server: string;
  /** PEM, base64; null where the machine's own authorities will do. */
  readonly caData: string | null;
  readonly token: string;
  /** RFC 3339. */
  readonly expires: string;
}

/** The one context of a learner's kubeconfig; its cluster and its user are called the same. */
export const contextOf = (learner: string): string => `workshop-${learner}`;

/** How the comments of a learner's kubeconfig begin, by which `workshop up` knows it for its own. */
export const HEADING = ['# For ', '#   export KUBECONFIG='];

/** The learner's kubeconfig: kubectl works with it as it is, and our program knows from it which world is theirs. */
export function learnerKubeconfig({ names, prefix, server, caData, token, expires }: LearnerAccess): string {
  const name = contextOf(names.learner ?? '');
  const extension = { learner: names.learner, prefix, expires };
  return [
    `${HEADING[0]}${names.learner}; works until ${expires}. It allows everything in ${names.mesh} and ${names.outside}, nothing elsewhere.`,
    `${HEADING[1]}THIS-FILE && istio-tutor --on context`,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [
        { name, cluster: { server, ...(caData === null ? {} : { 'certificate-authority-data': caData }) } },
      ],
      users: [{ name, user: { token } }],
      contexts: [
        {
          name,
          context: {
            cluster: name,
            user: name,
            namespace: names.mesh,
            extensions: [{ name: EXTENSION, extension }],
          },
        },
      ],
    }),
  ].join('\n');
}
