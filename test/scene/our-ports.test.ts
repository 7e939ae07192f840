import { describe, expect, it } from 'vitest';
import { withOurPorts } from '../../src/scene/our-ports.ts';

const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'users', namespace: 'people' },
  spec,
});

describe("a team's own Service", () => {
  it('leads to our servers, by what its ports are named for', () => {
    const selector = { app: 'users' };
    const ports = [
      { name: 'http', port: 80, targetPort: 'web' },
      { name: 'https-api', port: 8443 },
      { name: 'api', port: 9443, appProtocol: 'https', targetPort: 1 },
    ];
    expect(withOurPorts(service({ selector, ports })).spec).toEqual({
      selector,
      ports: [
        { name: 'http', port: 80, targetPort: 8080 },
        { name: 'https-api', port: 8443, targetPort: 8443 },
        { name: 'api', port: 9443, appProtocol: 'https', targetPort: 8443 },
      ],
    });
  });

  it('that leads to no pods stays as it is', () => {
    const elsewhere = service({ type: 'ExternalName', externalName: 'www.example.com' });
    expect(withOurPorts(elsewhere)).toBe(elsewhere);
  });
});
