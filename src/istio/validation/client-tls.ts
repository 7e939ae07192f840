/** Source: pkg/config/validation/agent/validation.go (ValidateTLS), pilot/pkg/model/credentials. */
import { goQuote } from '../go-text.ts';
import type { ClientTlsSettings } from '../types.ts';
import type { ProblemText, Report } from './report.ts';

export function checkClientTls(namespace: string, tls: ClientTlsSettings | undefined, report: Report): void {
  if (tls === undefined) return;
  report.error(configMapProblem(namespace, tls.credentialName ?? ''));
  if (tls.insecureSkipVerify) report.error(skipVerifyProblem(tls));
  const withCredential = (tls.mode === 'SIMPLE' || tls.mode === 'MUTUAL') && Boolean(tls.credentialName);
  if (withCredential) {
    if (tls.clientCertificate || tls.caCertificates || tls.privateKey || tls.caCrl) {
      report.error('cannot specify client certificates or CA certificate or CA CRL If credentialName is set');
    }
    return;
  }
  if (tls.mode !== 'MUTUAL') return;
  if (!tls.clientCertificate) report.error('client certificate required for mutual tls');
  if (!tls.privateKey) report.error('private key required for mutual tls');
}

const CONFIG_MAP = 'configmap://';

function configMapProblem(namespace: string, name: string): ProblemText {
  if (!name.startsWith(CONFIG_MAP)) return null;
  const parts = name.slice(CONFIG_MAP.length).split('/');
  const missing =
    parts.length < 2 ? 'namespace and name' : !parts[0] ? 'namespace' : !parts[1] ? 'name' : null;
  if (missing !== null) {
    return `invalid configmap:// credentialName: invalid resource name ${goQuote(name)}. Expected ${missing}`;
  }
  if (parts[0] === namespace) return null;
  return `invalid configmap:// credentialName: namespace must match the configuration namespace ${goQuote(namespace)}`;
}

function skipVerifyProblem(tls: ClientTlsSettings): ProblemText {
  const pinned = Boolean(tls.caCertificates) || (tls.subjectAltNames ?? []).length > 0;
  if (tls.mode === 'SIMPLE' && (pinned || tls.credentialName)) {
    return 'cannot specify CaCertificates or CredentialName or SubjectAltNames when InsecureSkipVerify is set true';
  }
  if (tls.mode === 'MUTUAL' && pinned) {
    return 'cannot specify CaCertificates or SubjectAltNames when InsecureSkipVerify is set true';
  }
  return null;
}
