/**
 * The scopes of istiod's log and their levels, which can be read and set; the sandbox's istiod writes no log, so that
 * nothing comes of them. Source: pkg/ctrlz/topics/scopes.go of Istio 1.31, and what its istiod lists.
 */
import { isObject, type Json } from '../../../shared/json.ts';
import type { PageAnswer } from '../kubelet/own-ports.ts';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ads: 'ads debugging',
  adsc: 'adsc debugging',
  analysis: 'Scope for configuration analysis runtime',
  authn: 'authn debugging',
  authorization: 'Istio Authorization Policy',
  ca: 'ca client',
  controllers: 'common controller logic',
  default: 'Unscoped logging messages.',
  delta: 'delta xds debugging',
  deltaadsc: 'delta adsc debugging',
  file: 'File client messages',
  gateway: 'gateway-api controller',
  gatewaycommon: 'gatewaycommon controller',
  grpc: 'logs from gRPC',
  grpcgen: 'xDS Generator for Proxyless gRPC',
  'ip-autoallocate': 'IP autoallocate controller',
  klog: '',
  krt: '',
  kube: 'Kubernetes client messages',
  model: 'model',
  monitoring: 'metrics monitoring',
  pkica: 'Citadel CA log',
  pkira: 'Istiod RA log',
  probes: 'Status of forwarded application probes',
  processing: 'Scope for configuration processing runtime',
  push: 'logs details about why Istio is triggering a push',
  retry: 'logs for retries',
  rootcertrotator: 'Self-signed CA root cert rotator log',
  secretcontroller: 'Citadel kubernetes controller log',
  security: 'security debugging',
  serverca: 'Citadel server log',
  serviceentry: 'ServiceEntry registry',
  spiffe: 'SPIFFE library logging',
  status: 'status reporting',
  'tag-watcher': 'Revision tags watcher',
  trustBundle: 'Workload mTLS trust bundle logs',
  untaint: 'CNI node-untaint controller',
  validation: 'CRD validation debugging',
  validationController: 'validation webhook controller',
  validationServer: 'validation webhook server',
  wle: 'wle controller debugging',
};
const LEVELS = ['debug', 'info', 'warn', 'error', 'none'];

interface Levels {
  output_level: string;
  stack_trace_level: string;
  log_callers: boolean;
}

export class Scopes {
  readonly #levels = new Map<string, Levels>(
    Object.keys(DESCRIPTIONS).map(name => [
      name,
      { output_level: name === 'grpc' ? 'none' : 'info', stack_trace_level: 'none', log_callers: false },
    ]),
  );

  /** GET /scopej/, GET and PUT /scopej/NAME */
  page(method: string, path: string, body = ''): PageAnswer {
    const [, name] = /^\/scopej(?:\/([\w-]*))?$/.exec(path) ?? [];
    if (name === undefined && path !== '/scopej') return { status: 404, body: '404 page not found\n' };
    if (!name)
      return json(
        200,
        [...this.#levels.keys()].map(each => this.#info(each)),
      );
    const levels = this.#levels.get(name);
    if (levels === undefined) return refused(`unknown scope name: ${name}`);
    if (method !== 'PUT') return json(200, this.#info(name));
    const asked = parsed(body);
    if (!isObject(asked)) return refused('unable to decode request');
    if (isLevel(asked.output_level)) levels.output_level = asked.output_level;
    if (isLevel(asked.stack_trace_level)) levels.stack_trace_level = asked.stack_trace_level;
    levels.log_callers = asked.log_callers === true;
    return { status: 202, body: '' };
  }

  #info(name: string): object {
    return { name, description: DESCRIPTIONS[name], ...this.#levels.get(name) };
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isLevel(level: Json | undefined): level is string {
  return typeof level === 'string' && LEVELS.includes(level);
}

function refused(why: string): PageAnswer {
  return json(400, { message: why });
}

function json(status: number, value: object): PageAnswer {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
