import { describe, expect, it } from 'vitest';
import { curlExitSentence } from '../../src/probe/curl-exits.ts';
import { failureCause } from '../../src/probe/failure-cause.ts';
import { responseDetail } from '../../src/probe/response-details.ts';
import { flagSentence, flagsOf, RESPONSE_FLAGS } from '../../src/probe/response-flags.ts';

describe('response flags', () => {
  it('are all there, once, each with one sentence', () => {
    const known =
      'DC DF DI DO DPE DR DT FI IH LH LR NC NFCF NR OM RFCF RL RLSE SI UAEX UC UDO UF UH UMSDR UO UPE UR URX UT';
    expect(RESPONSE_FLAGS.map(entry => entry.flag).sort()).toEqual(known.split(' '));
    for (const { flag, sentence } of RESPONSE_FLAGS) {
      expect(sentence, flag).toMatch(/^[A-Z].*\.$/);
      expect(sentence, flag).not.toMatch(/\. [A-Z]/);
    }
  });

  it('say nothing for none, and say so for a stranger', () => {
    expect(flagSentence('-')).toBe('');
    expect(flagsOf('-')).toEqual([]);
    expect(flagSentence('XYZ')).toContain("not one of Envoy's own");
  });

  it('say which failure UF was, where the log tells', () => {
    expect(flagSentence('UF')).toBe('The sidecar could not open a connection to the API.');
    expect(
      flagSentence('UF', 'TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER'),
    ).toContain('speaks plaintext');
  });
});

describe('failure causes', () => {
  it.each([
    [
      'CERTIFICATE_VERIFY_FAILED:verify_cert_failed:_SAN_matcher,_certificate_SANs_are_[a]',
      'wrong name in certificate',
    ],
    [
      'TLS_error:|1:SSL_routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:self_signed',
      'certificate not trusted',
    ],
    [
      'TLS error: 268436498:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN',
      'client certificate refused',
    ],
    ['TLSV1_ALERT_PROTOCOL_VERSION', 'no common TLS'],
    ['TLS_error:|33554536:system_library:OPENSSL_internal:Connection_reset_by_peer', 'TLS failed'],
    ['remote_connection_failure|delayed_connect_error:_Connection_refused', 'connection refused'],
    ['delayed connect error: 111', 'connection refused'],
    ['connection_timeout', 'connect timed out'],
    [
      'immediate_connect_error:_No_such_file_or_directory|remote_address:/var/run/nobody/api.sock',
      'no such socket',
    ],
    ['tunnel_response:405', 'no tunnel'],
  ])('%s: %s', (words, short) => {
    expect(failureCause(words)?.short).toBe(short);
  });

  it('are not made up', () => {
    expect(failureCause('-')).toBeNull();
    expect(failureCause('via_upstream')).toBeNull();
  });
});

describe('response code details', () => {
  it('tell who answered', () => {
    expect(responseDetail('via_upstream')?.fromApi).toBe(true);
    expect(responseDetail('upstream_reset_before_response_started{overflow}')?.fromApi).toBe(false);
    expect(responseDetail('something_new')).toBeNull();
    expect(responseDetail('-')).toBeNull();
  });
});

describe('curl exit codes', () => {
  it.each([6, 7, 28, 35, 52, 56, 60])('%i has a sentence', exit => {
    expect(curlExitSentence(exit)).toMatch(/^[A-Z].*\.$/);
  });

  it('that are unknown are said as they are', () => {
    expect(curlExitSentence(240)).toBe('curl ended with exit code 240.');
  });
});
