/**
 * IST0128 and IST0129: TLS without caCertificates. What they warn about is no longer true (without caCertificates the
 * system's CAs are used, and the server is verified), but Istio still reports it, so it is reported here too.
 * Source: analyzers/destinationrule/ca-certificates.go.
 */
import type { ClientTlsSettings, DestinationRule } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { fullName, type Message, message } from './message.ts';

export function caCertificates({ destinationRules }: Collection): Message[] {
  return destinationRules.flatMap(rule => {
    const { host = '', trafficPolicy = {} } = rule.spec ?? {};
    const say = (tls: ClientTlsSettings | undefined, port?: string) => {
      if (!unverified(rule, tls)) return [];
      const facts = [fullName(rule), namespaceOf(rule), tls?.mode ?? '', host];
      return port === undefined
        ? [message('IST0128', rule, ...facts)]
        : [message('IST0129', rule, ...facts, port)];
    };
    return [
      ...say(trafficPolicy.tls),
      ...(trafficPolicy.portLevelSettings ?? []).flatMap(({ tls, port }) =>
        say(tls, `number:${port?.number ?? 0}`),
      ),
    ];
  });
}

function unverified({ spec }: DestinationRule, tls: ClientTlsSettings | undefined): boolean {
  if (tls?.mode !== 'SIMPLE' && tls?.mode !== 'MUTUAL') return false;
  return !tls.caCertificates && !(tls.credentialName && spec?.workloadSelector);
}
