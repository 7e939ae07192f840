/**
 * What `istioctl install` leaves in a cluster besides Services and CRDs: istiod's Deployment and account, and the
 * webhooks. They are there to be read. Who is injected decides the workload room, and validation is in this process;
 * of istiod's pod this process answers the ports that istioctl asks.
 * Source: manifests/charts/istio-control/istio-discovery/templates/{deployment,mutatingwebhook,revision-tags-mwc,
 * validatingwebhookconfiguration}.yaml, istioctl/pkg/tag (the default tag, which turns the webhooks beside it off).
 */
import type { Resource } from '../../istio/resource.ts';

const NAMESPACE = 'istio-system';
const ISTIO_VERSION = '1.31-dev';

const OWNED = {
  'app.kubernetes.io/instance': 'istio',
  'app.kubernetes.io/name': 'istiod',
  'app.kubernetes.io/part-of': 'istio',
  'install.operator.istio.io/owning-resource': 'unknown',
  'istio.io/rev': 'default',
  'operator.istio.io/component': 'Pilot',
  'operator.istio.io/version': ISTIO_VERSION,
};
const DEFAULT_TAG = { 'istio.io/tag': 'default' };

export function istiodDeployment(): Resource {
  const labels = { app: 'istiod', istio: 'pilot', ...OWNED };
  const port = (name: string, containerPort: number) => ({ name, containerPort });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'istiod', namespace: NAMESPACE, labels: { ...labels, release: 'istio' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { istio: 'pilot' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
      template: {
        metadata: {
          annotations: {
            ...{ 'prometheus.io/port': '15014', 'prometheus.io/scrape': 'true' },
            'sidecar.istio.io/inject': 'false',
          },
          labels: {
            ...labels,
            ...{ 'istio.io/dataplane-mode': 'none', 'sidecar.istio.io/inject': 'false' },
          },
        },
        spec: {
          serviceAccountName: 'istiod',
          containers: [
            {
              name: 'discovery',
              image: `docker.io/istio/pilot:${ISTIO_VERSION}`,
              args: [
                ...['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info'],
                ...['--domain', 'cluster.local', '--keepaliveMaxServerConnectionAge', '30m'],
              ],
              env: [
                { name: 'REVISION', value: 'default' },
                { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
                { name: 'CLUSTER_ID', value: 'Kubernetes' },
              ],
              ports: [
                ...[port('http-debug', 8080), port('grpc-xds', 15010), port('tls-xds', 15012)],
                ...[port('https-webhooks', 15017), port('http-monitoring', 15014)],
              ],
              resources: { requests: { cpu: '50m', memory: '128Mi' } },
            },
          ],
        },
      },
    },
  } as Resource;
}

/** By their names in the store. `ca`: PEM text. */
export function istiodObjects(ca: string): readonly (readonly [resource: string, object: Resource])[] {
  const account: Resource = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'istiod', namespace: NAMESPACE, labels: { app: 'istiod', ...OWNED } },
  };
  const mutating = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';
  const validating = 'validatingwebhookconfigurations.admissionregistration.k8s.io';
  return [
    ['serviceaccounts', account],
    ['configmaps', injectorValues()],
    [mutating, injector('istio-revision-tag-default', DEFAULT_TAG, ca)],
    [mutating, injector('istio-sidecar-injector', null, ca)],
    [validating, validator('istio-validator-istio-system', {}, ca)],
    [validating, validator('istiod-default-validator', DEFAULT_TAG, ca)],
  ];
}

const matches = (key: string, operator: string, ...values: readonly string[]) => ({
  ...{ key, operator, ...(values.length > 0 && { values }) },
});
const REVISION = 'istio.io/rev';
const INJECTION = 'istio-injection';
const INJECT = 'sidecar.istio.io/inject';
const NOT_OFF = matches(INJECT, 'NotIn', 'false');

/** Which namespaces and which pods each webhook is for. */
const WEBHOOKS: readonly (readonly [
  name: string,
  namespace: readonly object[],
  object: readonly object[],
])[] = [
  ['rev.namespace', [matches(REVISION, 'In', 'default'), matches(INJECTION, 'DoesNotExist')], [NOT_OFF]],
  [
    'rev.object',
    [matches(REVISION, 'DoesNotExist'), matches(INJECTION, 'DoesNotExist')],
    [NOT_OFF, matches(REVISION, 'In', 'default')],
  ],
  ['namespace', [matches(INJECTION, 'In', 'enabled')], [NOT_OFF]],
  [
    'object',
    [matches(INJECTION, 'DoesNotExist'), matches(REVISION, 'DoesNotExist')],
    [matches(INJECT, 'In', 'true'), matches(REVISION, 'DoesNotExist')],
  ],
];

const OFF = { matchLabels: { 'istio.io/deactivated': 'never-match' } };

/** Without a tag: turned off, since the default tag's has taken its place. */
function injector(name: string, tag: object | null, ca: string): Resource {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, labels: { app: 'sidecar-injector', ...OWNED, ...tag } },
    webhooks: WEBHOOKS.map(([webhook, namespaces, objects]) => ({
      ...common(`${webhook}.sidecar-injector.istio.io`, '/inject', ca),
      namespaceSelector: tag === null ? OFF : { matchExpressions: namespaces },
      objectSelector: tag === null ? OFF : { matchExpressions: objects },
      reinvocationPolicy: 'Never',
      rules: [{ ...rule(['CREATE']), apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    })),
  } as Resource;
}

const GROUPS = ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'];

function validator(name: string, tag: object, ca: string): Resource {
  const tagged = Object.keys(tag).length > 0;
  const revision = tagged ? matches(REVISION, 'DoesNotExist') : matches(REVISION, 'In', 'default');
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name, labels: { app: 'istiod', istio: 'istiod', ...OWNED, ...tag } },
    webhooks: [
      {
        ...common(`${tagged ? '' : 'rev.'}validation.istio.io`, '/validate', ca),
        namespaceSelector: {},
        objectSelector: { matchExpressions: [revision] },
        rules: [{ ...rule(['CREATE', 'UPDATE']), apiGroups: GROUPS, apiVersions: ['*'], resources: ['*'] }],
      },
    ],
  } as Resource;
}

function common(name: string, path: string, ca: string): object {
  return {
    ...{ name, admissionReviewVersions: ['v1'], failurePolicy: 'Fail', matchPolicy: 'Equivalent' },
    clientConfig: {
      caBundle: Buffer.from(ca).toString('base64'),
      service: { name: 'istiod', namespace: NAMESPACE, path, port: 443 },
    },
    ...{ sideEffects: 'None', timeoutSeconds: 10 },
  };
}

const rule = (operations: readonly string[]) => ({ operations, scope: '*' });

/** Of the injector's own ConfigMap what istioctl reads of it: which sidecar is injected, and where. */
function injectorValues(): Resource {
  const values = {
    global: { hub: 'docker.io/istio', tag: ISTIO_VERSION, proxy: { image: 'proxyv2', logLevel: 'warning' } },
    sidecarInjectorWebhook: { enableNamespacesByDefault: false },
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'istio-sidecar-injector', namespace: NAMESPACE, labels: OWNED },
    data: { values: JSON.stringify(values) },
  };
}
