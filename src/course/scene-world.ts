/**
 * A world of a team's own, as a scene describes it: who calls, which Services there are with which versions, which hosts
 * outside of the mesh. Every server in it is one of ours, which says what it saw.
 */
import * as z from 'zod';

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const label = (most: number, what: string) =>
  z
    .string()
    .max(most)
    .regex(new RegExp(`^${LABEL}$`), `${what}: small letters, digits and dashes`);
const name = label(40, 'a name');
const namespace = label(63, 'a namespace').refine(
  text => !/^(kube-|istio-system$|local-path-storage$)/.test(text),
  "not one of the cluster's own namespaces",
);
const labels = z
  .record(
    z
      .string()
      .regex(/^([a-z0-9.-]{1,100}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, "a label's name"),
    z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/, "a label's value"),
  )
  .optional();

const port = z.number().int().min(1).max(65535);
/** Istio tells by the name (http, http2, grpc, https, tls) what is spoken; so does our server. */
const ports = z
  .array(
    z.union([
      port,
      z.strictObject({
        number: port,
        name: label(15, "a port's name").optional(),
        appProtocol: z.enum(['http', 'http2', 'https']).optional(),
      }),
    ]),
  )
  .min(1)
  .max(8);

const version = z.union([
  name,
  z.strictObject({
    name: name.describe('the label `version` of its pods, unless `labels` has one'),
    labels,
    as: label(63, 'a name').optional().describe('what it is called in `expect`; else SERVICE-VERSION'),
    replicas: z.number().int().min(0).max(3).optional(),
  }),
]);

const HOST = /^(?=.{3,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
const hostName = z
  .string()
  .regex(HOST, 'a full host name in small letters, without a wildcard')
  .refine(
    text => !/(^|\.)(svc|localhost|cluster\.local)$|\.svc\.cluster\.local$/.test(text),
    'not a name in a cluster',
  );

export const world = z.strictObject({
  clients: z
    .array(z.strictObject({ name, namespace, labels }))
    .min(1)
    .max(4)
    .describe('pods with a sidecar that call; the first one calls where a call has no `from`'),
  services: z
    .array(
      z.strictObject({
        name: label(50, 'a name'),
        namespace,
        ports: ports.optional().describe('80 if left out'),
        versions: z.array(version).min(1).max(5).optional(),
        labels: labels.describe('of its pods, beside `app` and `version`'),
        as: label(63, 'a name').optional().describe('what it is called in `expect`; else its name'),
      }),
    )
    .max(30)
    .optional()
    .describe('Services of the cluster, each with a server behind every version'),
  hosts: z
    .array(
      z.strictObject({
        host: z.union([hostName, z.array(hostName).min(1).max(10)]).describe('one server for all of these'),
        ports: z
          .array(port)
          .min(1)
          .max(8)
          .optional()
          .describe('80 and 443 if left out; 443 and those that end in 443 speak TLS'),
        as: label(63, 'a name').optional().describe('what it is called in `expect`; else the first host'),
      }),
    )
    .max(20)
    .optional()
    .describe('hosts outside of the mesh, which the registry does not know'),
  gateways: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\/[a-z0-9][a-z0-9.-]{0,252}$/, "a gateway: 'NAMESPACE/NAME'"),
    )
    .max(10)
    .optional()
    .describe("gateways whose VirtualServices are tested at the clients' sidecars"),
});
export type SceneWorld = z.infer<typeof world>;
