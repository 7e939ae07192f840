import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { certificatesMark, makeCertificates, stillGood } from '../../src/world/certificates.ts';

const DAY = 24 * 3600_000;
const in_ = (days: number) => new Date(Date.now() + days * DAY);

it('are good for a year, renewed a month before', async () => {
  const certificates = await makeCertificates();
  expect(stillGood(certificates)).toBe(true);
  expect(stillGood(certificates, in_(330))).toBe(true);
  expect(stillGood(certificates, in_(340))).toBe(false);
  // A node whose clock is behind ours takes them too.
  expect(Date.parse(new X509Certificate(certificates.server.cert).validFrom)).toBeLessThan(
    Date.now() - DAY / 2,
  );
});

it('are not good when they are not of one piece', async () => {
  const [one, two] = await Promise.all([makeCertificates(), makeCertificates()]);
  expect(stillGood({ ...one, ca: two.ca })).toBe(false);
  expect(stillGood({ ...one, server: { ...one.server, key: two.server.key } })).toBe(false);
  expect(stillGood({ ...one, client: one.server })).toBe(false);
  expect(stillGood({ ...one, ca: 'no certificate' })).toBe(false);
  expect(certificatesMark(one)).not.toBe(certificatesMark(two));
  expect(certificatesMark(one)).toBe(certificatesMark({ ...one }));
});

it('come from a CA that may sign, to leaves that may not', async () => {
  const { ca, server, client } = await makeCertificates();
  const [root, leaf, identity] = [ca, server.cert, client.cert].map(pem => new X509Certificate(pem));
  expect([root?.ca, leaf?.ca, identity?.ca]).toEqual([true, false, false]);
  expect(identity?.subject).toBe('CN=client.mesh-network');
  expect(leaf?.subjectAltName).toBe(
    'DNS:api.safedata-zone.io, DNS:stable.safedata-zone.io, DNS:canary.safedata-zone.io, DNS:pay.example-pay.io',
  );
});
