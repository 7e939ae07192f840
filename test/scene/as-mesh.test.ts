import { describe, expect, it } from 'vitest';
import { asMesh } from '../../src/scene/as-mesh.ts';

const service = (spec: object) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'x', namespace: 'shop' },
  spec,
});

describe('the routes of a gateway', () => {
  it('are bound to the mesh as well, in their matches too', () => {
    const http = [{ match: [{ gateways: ['public'], uri: { prefix: '/' } }, { uri: { exact: '/a' } }] }];
    expect(asMesh(service({ gateways: ['public'], http }), ['shop/public']).spec).toEqual({
      gateways: ['public', 'mesh'],
      http: [{ match: [{ gateways: ['public', 'mesh'], uri: { prefix: '/' } }, { uri: { exact: '/a' } }] }],
    });
  });

  it('are left alone where the gateway is another', () => {
    const other = service({ gateways: ['public'], http: [] });
    expect(asMesh(other, ['istio-system/public']).spec).toEqual(other.spec);
    expect(asMesh(service({ gateways: ['mesh', 'shop/public'] }), ['shop/public']).spec).toEqual({
      gateways: ['mesh', 'shop/public'],
    });
  });

  it('are left alone in what is no VirtualService', () => {
    const rule = { ...service({ gateways: ['public'] }), kind: 'DestinationRule' };
    expect(asMesh(rule, ['shop/public'])).toBe(rule);
  });
});
