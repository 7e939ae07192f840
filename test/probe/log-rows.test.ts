import { describe, expect, it } from 'vitest';
import type { CurlSide } from '../../src/probe/evidence.ts';
import { gather } from '../../src/probe/gather.ts';
import { LogHub } from '../../src/probe/hub.ts';
import { logRows, rawRows } from '../../src/probe/log-rows.ts';
import { transfer } from '../support/evidence.ts';
import { ScriptedClock } from './scripted-clock.ts';

const request = (port: number, rest = '404 NR route_not_found - "-"') =>
  `[2026-01-01T00:00:00.250Z] "GET /data HTTP/1.1" ${rest} 0 20 3 2 "-" "x" "id" "api" "-" - - 10.96.0.1:80 10.0.0.5:${port} - default`;
const refused =
  '[2026-01-01T00:00:01.000Z] "- - -" 0 UF - - "TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end" 517 0 18 - "-" "-" "-" "-" "10.0.0.9:443" outbound|443||api 10.0.0.5:2 10.96.0.1:443 10.0.0.5:40001 api.io -';

const textOf = (rows: ReturnType<typeof logRows>) =>
  rows.map(({ spans }) => spans.map(span => span.text).join(''));

/** A log with these lines, where calls from these ports were sent from here. */
function hubWith(lines: readonly string[], ports: readonly number[]): LogHub {
  const hub = new LogHub();
  hub.claim(call(...ports));
  for (const line of lines) hub.sidecarText(line);
  return hub;
}

const curl = (transfers: CurlSide['transfers']): CurlSide => ({
  ...{ argv: [], exit: 0, message: '', seconds: 0.01, transfers },
});
const call = (...ports: readonly number[]) => curl(ports.map(localPort => transfer({ localPort })));

describe('the access log, decoded', () => {
  it("names the fields of one's own calls, says what a flag means, and counts the others", () => {
    const hub = hubWith([request(1), request(40000), request(2), request(3), refused], [40000, 40001]);
    expect(textOf(logRows(hub.logged(10)))).toMatchInlineSnapshot(`
      [
        "1 line of a call that was not yours",
        "00:00:00.250  GET api/data  HTTP/1.1",
        "  answer     404, flag NR, route_not_found",
        "             The sidecar found no route, or no filter chain, for this call.",
        "  cluster    none",
        "  route      default",
        "  took       3 ms, 0 bytes from the app, 20 to it",
        "2 lines of calls that were not yours",
        "00:00:01.000  connection to 10.96.0.1:443, server name (SNI) api.io",
        "  answer     flag UF",
        "             The sidecar began TLS, and what came back was not TLS: that port of the far side speaks plaintext.",
        "             TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end",
        "  cluster    outbound|443||api",
        "  upstream   10.0.0.9:443",
        "  took       18 ms, 517 bytes from the app, 0 to it",
      ]
    `);
  });

  it('shows each line as it is where that is wanted', () => {
    const rows = rawRows(hubWith([request(1), request(40000)], [40000]).logged(10));
    expect(textOf(rows)).toEqual([request(1), request(40000)]);
    expect(rows.map(({ spans }) => spans[0]?.role)).toEqual(['dim', 'plain']);
  });

  it('shows a line in a format of somebody’s own as it is', () => {
    expect(textOf(logRows(hubWith(['GET /data 404'], []).logged(10)))).toEqual(['GET /data 404']);
  });

  it('takes a call without a connection for nobody’s line', () => {
    expect(textOf(logRows(hubWith([request(0)], [0]).logged(10)))).toEqual([
      '1 line of a call that was not yours',
    ]);
  });

  it('knows a call again whose port the kernel has changed on the way', async () => {
    const side = curl([transfer({ localPort: 37638, url: 'https://api.io/' })]);
    const hub = new LogHub();
    hub.claim(side);
    const sent = {
      provider: 'kind',
      curl: side,
      userAgent: 'mine',
      mark: hub.mark(),
      reread: async () => {},
    };
    hub.sidecarText(refused);
    expect(hub.logged(1)[0]?.own).toBe(false);
    const { sidecar } = await gather(hub, sent, new ScriptedClock());
    if (sidecar.read) hub.own(sidecar.lines);
    expect(hub.logged(1)[0]?.own).toBe(true);
  });
});
