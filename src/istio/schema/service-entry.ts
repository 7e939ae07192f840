/** Source: crd-all.gen.yaml (serviceentries, workloadentries). */
import { portNumber, resource, workloadEntry, workloadSelector } from './parts.ts';
import {
  cidrOnlyWithoutDns,
  noneHasNoEndpoints,
  noWildcardHost,
  oneSourceOfEndpoints,
  roundRobinHasOneEndpoint,
  uniquePortNumbers,
} from './rules.ts';
import { arr, obj, oneOfStrings, str, strings } from './structural.ts';

const port = obj(
  {
    name: str({ maxLength: 256 }),
    number: portNumber(),
    protocol: str({ maxLength: 256 }),
    targetPort: portNumber(),
  },
  { required: ['number', 'name'] },
);

export const serviceEntrySchema = resource(
  obj(
    {
      addresses: arr(str({ maxLength: 64 }), { maxItems: 256 }),
      endpoints: arr(workloadEntry, { maxItems: 4096 }),
      exportTo: strings(),
      hosts: arr(str({ rules: [noWildcardHost] }), { minItems: 1, maxItems: 256 }),
      location: oneOfStrings('MESH_EXTERNAL', 'MESH_INTERNAL'),
      ports: arr(port, { maxItems: 256, listKey: 'name', rules: [uniquePortNumbers] }),
      resolution: oneOfStrings('NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'),
      subjectAltNames: strings(),
      workloadSelector,
    },
    {
      required: ['hosts'],
      rules: [oneSourceOfEndpoints, cidrOnlyWithoutDns, noneHasNoEndpoints, roundRobinHasOneEndpoint],
    },
  ),
  { required: ['spec'] },
  { addresses: arr(obj({ host: str(), value: str() })) },
);

export const workloadEntrySchema = resource(workloadEntry, { required: ['spec'] });
