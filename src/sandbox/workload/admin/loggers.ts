/**
 * Envoy's loggers and their levels, as `POST /logging` shows and changes them. The sandbox's proxy writes lines of two of
 * them only, config and upstream, and none below warning. Source: source/common/common/logger.h (ALL_LOGGER_IDS),
 * source/server/admin/logs_handler.cc of Envoy 1.39.
 */
const NAMES =
  'a2a admin alternate_protocols_cache aws assert backtrace basic_auth cache_filter client config connection conn_handler compression credential_injector decompression dns dubbo envoy_bug ext_authz ext_proc rocketmq file filter forward_proxy geolocation grpc happy_eyeballs hc health_checker http http2 hystrix init io jwt json_rpc kafka key_value_store lua local_rate_limit main matcher mcp misc mongo multi_connection notification oauth2 quic quic_stream pool rate_limit_quota rbac rds redis router runtime stats secret sse tap testing thrift tracing upstream udp wasm websocket golang stats_sinks dynamic_modules ip_tagging'.split(
    ' ',
  );

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
const WARNING = LEVELS.indexOf('warning');

const USAGE = [
  'usage: /logging?<name>=<level> (change single level)',
  'usage: /logging?paths=name1:level1,name2:level2,... (change multiple levels)',
  'usage: /logging?level=<level> (change all levels)',
  'usage: /logging?group=<group_name>:<level> (change group of loggers)',
  `levels: ${LEVELS.join(' ')} `,
].join('\n');

export class Loggers {
  /** As Istio starts it: --proxyLogLevel=warning --proxyComponentLogLevel=misc:error. */
  readonly #levels = new Map(NAMES.map(name => [name, name === 'misc' ? 'error' : 'warning']));

  /** Whether a logger writes lines of the level warning. */
  warns(name: string): boolean {
    return LEVELS.indexOf(this.#levels.get(name) ?? '') <= WARNING;
  }

  /** Changes what the query asks for. Returns what is wrong with it, and the loggers of which more was asked than there is. */
  change(query: URLSearchParams): { readonly error: string | null; readonly lower: readonly string[] } {
    const asked = [...query].flatMap(([key, value]) => changesOf(key, value));
    const wrong = asked.find(([name, level]) => !this.#levels.has(name) || !LEVELS.includes(level));
    if (query.size > 1) return { error: 'invalid number of parameters', lower: [] };
    if (wrong !== undefined) {
      return {
        error: LEVELS.includes(wrong[1]) ? 'unknown logger name' : 'unknown logger level',
        lower: [],
      };
    }
    for (const [name, level] of asked) this.#levels.set(name, level);
    return {
      error: null,
      lower: asked.filter(([, level]) => LEVELS.indexOf(level) < WARNING).map(([name]) => name),
    };
  }

  page(): string {
    return `active loggers:\n${[...this.#levels].map(([name, level]) => `  ${name}: ${level}\n`).join('')}\n`;
  }

  refusal(error: string): string {
    return `error: ${error}\n\n${USAGE}\n${this.page()}`;
  }
}

function changesOf(key: string, value: string): (readonly [name: string, level: string])[] {
  if (key === 'level') return NAMES.map(name => [name, value]);
  if (key !== 'paths' && key !== 'group') return [[key, value]];
  return value.split(',').map(each => {
    const [name = '', level = ''] = each.split(':');
    return [name, level];
  });
}
