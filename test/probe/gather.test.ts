import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../src/probe/curl-output.ts';
import type { CurlSide, Transfer } from '../../src/probe/evidence.ts';
import { gather, soon } from '../../src/probe/gather.ts';
import { LogHub } from '../../src/probe/hub.ts';
import { lineOf } from '../../src/probe/match.ts';
import { ScriptedClock } from './scripted-clock.ts';

const UA = 'istio-tutor-abc';

function transfer(localPort: number, more: Partial<Transfer> = {}): Transfer {
  return {
    exit: 0,
    code: 200,
    method: 'GET',
    url: 'http://api.safedata-zone.io/data',
    body: { text: 'ok' },
    error: null,
    localPort,
    connects: 1,
    seconds: 0.01,
    redirectUrl: null,
    headers: {},
    ...more,
  };
}

function curl(...transfers: Transfer[]): CurlSide {
  return { argv: [], exit: transfers[0]?.exit ?? 0, transfers, message: '', seconds: 0.01 };
}

function request(port: number, path: string, second = 0, ua = UA): string {
  return `[2026-01-01T00:00:0${second}.000Z] "GET ${path} HTTP/1.1" 200 - via_upstream - "-" 0 20 3 2 "-" "${ua}" "id${path}" "api" "10.0.0.9:80" outbound|80||api 10.0.0.5:1 10.96.0.1:80 10.0.0.5:${port} - default`;
}

function connection(port: number): string {
  return `[2026-01-01T00:00:00.000Z] "- - -" 0 - - - "-" 517 103 18 - "-" "-" "-" "-" "10.0.0.9:443" PassthroughCluster 10.0.0.5:2 10.96.0.1:443 10.0.0.5:${port} - -`;
}

function api(version: string, status = 200, ua = UA): string {
  return JSON.stringify({
    version,
    method: 'GET',
    path: '/data',
    host: 'api',
    scheme: 'http',
    sni: '',
    status,
    ua,
  });
}

/** A line comes from the log of the server that it names, each at a time of its own. */
let at = 0;
function tellApi(hub: LogHub, line: string): void {
  const { version } = JSON.parse(line) as { version: string };
  hub.apiText(`2026-01-01T00:00:00.${String(at++).padStart(9, '0')}Z ${line}`, {
    pod: `${version}-1`,
    server: version,
  });
}

async function run(side: CurlSide, clock: ScriptedClock, hub: LogHub) {
  const evidence = await gather(
    hub,
    { provider: 'kind', curl: side, userAgent: UA, mark: hub.mark() },
    clock,
  );
  return { evidence, took: clock.now() };
}

describe('gathering evidence', () => {
  it("waits for the sidecar's flush, and no longer", async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock().at(870, () => hub.sidecarText(request(40001, '/data')));
    const { evidence, took } = await run(curl(transfer(40001)), clock, hub);
    expect(lineOf(evidence, 0)?.path).toBe('/data');
    expect(took).toBe(870 + 150);
  });

  it('reads the log itself when the stream that follows it has stalled', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock();
    const reads: number[] = [];
    const call = {
      provider: 'kind',
      curl: curl(transfer(40001)),
      userAgent: UA,
      mark: hub.mark(),
      reread: async () => {
        reads.push(clock.now());
        hub.sidecarText(request(40001, '/data'));
      },
    };
    const evidence = await gather(hub, call, clock);
    expect(lineOf(evidence, 0)?.path).toBe('/data');
    expect([reads, clock.now()]).toEqual([[2000], 2000 + 150]);
  });

  it('reads it once more before it gives up, and says what is missing', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock();
    const reads: number[] = [];
    const reread = async () => void reads.push(clock.now());
    const call = { provider: 'kind', curl: curl(transfer(40001)), userAgent: UA, mark: hub.mark(), reread };
    const evidence = await gather(hub, call, clock);
    expect([reads, clock.now()]).toEqual([[2000, 15_000], 15_000]);
    expect(evidence.sidecar).toMatchObject({ read: false });
  });

  it('reads the servers’ logs once more before it believes that all mirrored requests are in', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock();
    const late = [api('canary'), api('canary')];
    const reads: number[] = [];
    const rereadServers = async () => {
      reads.push(clock.now());
      for (const line of late.splice(0, 1)) tellApi(hub, line);
    };
    const call = { provider: 'kind', curl: curl(transfer(40001)), userAgent: UA, mark: hub.mark() };
    hub.sidecarText(request(40001, '/data'));
    tellApi(hub, api('stable'));
    const evidence = await gather(hub, { ...call, rereadServers }, clock);
    expect(evidence.api.read && evidence.api.lines.map(each => each.version)).toEqual([
      'stable',
      'canary',
      'canary',
    ]);
    expect(reads).toEqual([250, 400, 550]);
  });

  it('expects no line when no connection was made', async () => {
    const hub = new LogHub();
    const { evidence, took } = await run(curl(transfer(0, { exit: 6, code: 0 })), new ScriptedClock(), hub);
    expect(evidence.sidecar).toEqual({ read: true, lines: [] });
    expect(took).toBe(250);
  });

  const answer = {
    version: 'stable',
    method: 'GET',
    path: '/data',
    host: 'api',
    scheme: 'http',
    sni: '',
    status: 200,
  };
  const answered = (port: number) =>
    transfer(port, { body: bodyOf(JSON.stringify({ ...answer, clientCert: null, headers: {} })) });

  it('believes an answer that its server has logged', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(10, () => tellApi(hub, api('stable')))
      .at(100, () => hub.sidecarText(request(40001, '/data')));
    const { evidence, took } = await run(curl(answered(40001)), clock, hub);
    expect(evidence.curl.transfers[0]?.body.api?.version).toBe('stable');
    expect(took).toBe(250);
  });

  it('tells early what is known early', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(30, () => tellApi(hub, api('stable')))
      .at(900, () => hub.sidecarText(request(40001, '/data')));
    const call = { provider: 'kind', curl: curl(answered(40001)), userAgent: UA, mark: hub.mark() };
    const heard = await soon(hub, call, 'api', clock);
    expect(clock.now()).toBe(30);
    expect(heard.curl.transfers[0]?.body.api?.version).toBe('stable');
    expect(heard.sidecar).toMatchObject({ read: false });
    const logged = await soon(hub, call, 'both', clock);
    expect(clock.now()).toBe(900);
    expect(lineOf(logged, 0)?.path).toBe('/data');
  });

  it("does not believe one of the sidecar's own, and waits for no line of it", async () => {
    const hub = new LogHub();
    const own = request(40001, '/data').replace('"10.0.0.9:80" outbound|80||api', '"-" -');
    const clock = new ScriptedClock().at(100, () => hub.sidecarText(own));
    const { evidence, took } = await run(curl(answered(40001)), clock, hub);
    expect(evidence.curl.transfers[0]?.body).toMatchObject({ unlogged: true });
    expect(took).toBe(250);
  });

  it('does not believe a server that calls itself by the name of another', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(10, () => hub.apiText(`T ${api('stable')}`, { pod: 'safedata-canary-1', server: 'canary' }))
      .at(100, () => hub.sidecarText(request(40001, '/data')));
    const { evidence, took } = await run(curl(answered(40001)), clock, hub);
    expect(evidence.curl.transfers[0]?.body).toMatchObject({ unlogged: true });
    expect(evidence.api).toMatchObject({ read: true, lines: [{ version: 'canary', claims: 'stable' }] });
    expect(took).toBe(250);
  });

  it("says that the API's line has not come, and that the answer may be its own all the same", async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock().at(100, () => hub.sidecarText(request(40001, '/data')));
    const { evidence } = await run(curl(answered(40001)), clock, hub);
    expect(evidence.curl.transfers[0]?.body.api?.version).toBe('stable');
    expect(evidence.api).toMatchObject({ missing: expect.stringContaining('one answer') });
  });

  it('takes a line that a log brings twice for one', async () => {
    const hub = new LogHub();
    const mark = hub.mark();
    for (const time of ['1', '2', '1'])
      hub.apiText(`${time} ${api('stable')}`, { pod: 'p', server: 'stable' });
    hub.apiText(`1 ${api('stable')}`, { pod: 'q', server: 'stable' });
    expect(hub.since(mark).api).toHaveLength(3);
  });

  it('takes one line for a connection that carried three requests it could not see', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock().at(300, () => hub.sidecarText(connection(40001)));
    const side = curl(transfer(40001), transfer(40001, { connects: 0 }), transfer(40001, { connects: 0 }));
    const { evidence, took } = await run(side, clock, hub);
    expect(took).toBe(300 + 150);
    expect([0, 1, 2].map(index => lineOf(evidence, index)?.cluster)).toEqual(
      Array(3).fill('PassthroughCluster'),
    );
  });

  it('puts requests on one connection in order, whatever order they come in', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(300, () => hub.sidecarText(request(40001, '/second', 2)))
      .at(300, () => hub.sidecarText(request(40002, '/other', 1)))
      .at(310, () => hub.sidecarText(request(40001, '/first', 1)));
    const side = curl(transfer(40001), transfer(40002), transfer(40001, { connects: 0 }));
    const { evidence } = await run(side, clock, hub);
    expect([0, 1, 2].map(index => lineOf(evidence, index)?.path)).toEqual(['/first', '/other', '/second']);
  });

  it('takes the last request of a transfer that followed redirects', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(300, () => hub.sidecarText(request(40001, '/moved', 1)))
      .at(300, () => hub.sidecarText(request(40001, '/data', 2)));
    const { evidence } = await run(curl(transfer(40001)), clock, hub);
    expect(lineOf(evidence, 0)?.path).toBe('/data');
    expect(evidence.sidecar.read && evidence.sidecar.lines).toHaveLength(2);
  });

  it('leaves out what belongs to others', async () => {
    const hub = new LogHub();
    hub.sidecarText(request(40001, '/earlier'));
    const clock = new ScriptedClock()
      .at(10, () => hub.sidecarText(request(50000, '/theirs', 0, 'other')))
      .at(10, () => tellApi(hub, api('stable', 200, 'other')))
      .at(20, () => hub.sidecarText(request(40001, '/data')));
    const { evidence } = await run(curl(transfer(40001)), clock, hub);
    expect(evidence.sidecar.read && evidence.sidecar.lines.map(line => line.path)).toEqual(['/data']);
    expect(evidence.api.read && evidence.api.lines).toEqual([]);
  });

  it('waits for mirrored requests that trickle in', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(100, () => hub.sidecarText(request(40001, '/data')))
      .at(120, () => tellApi(hub, api('stable')))
      .at(240, () => tellApi(hub, api('canary')))
      .at(380, () => tellApi(hub, api('canary')));
    const { evidence, took } = await run(curl(transfer(40001)), clock, hub);
    expect(evidence.api.read && evidence.api.lines.map(line => line.version)).toEqual([
      'stable',
      'canary',
      'canary',
    ]);
    expect(took).toBe(380 + 150);
  });

  it("does not end before the API's line of an answer is there", async () => {
    const hub = new LogHub();
    const body = {
      text: '{}',
      api: {
        version: 'stable',
        scheme: 'http',
        method: 'GET',
        host: '',
        path: '/data',
        sni: '',
        status: 200,
        clientCert: null,
        headers: {},
      },
    } as const;
    const clock = new ScriptedClock()
      .at(50, () => hub.sidecarText(request(40001, '/data')))
      .at(900, () => tellApi(hub, api('stable')));
    const { evidence } = await run(curl(transfer(40001, { body })), clock, hub);
    expect(evidence.api.read && evidence.api.lines).toHaveLength(1);
  });

  it('does not wait for the line of a connection that never left the pod', async () => {
    const refused = { ...transfer(40001), exit: 97, code: 0 };
    const { took, evidence } = await run({ ...curl(refused), exit: 97 }, new ScriptedClock(), new LogHub());
    expect(took).toBeLessThan(1000);
    expect(evidence.sidecar).toMatchObject({ read: true, lines: [] });
  });

  it('waits longer for a sidecar that has logged calls before', async () => {
    const hub = new LogHub();
    hub.sidecarText(request(40000, '/before'));
    const clock = new ScriptedClock().at(25_000, () => hub.sidecarText(request(40001, '/data')));
    const late = await run(curl(transfer(40001)), clock, hub);
    expect(lineOf(late.evidence, 0)?.path).toBe('/data');

    const { evidence, took } = await run(curl(transfer(40002)), new ScriptedClock(), hub);
    expect(took).toBe(30_000);
    expect(evidence.sidecar).toMatchObject({
      read: false,
      why: expect.stringContaining('logged nothing of this call within 30 s'),
    });
  });

  it('gives up after 15 seconds and says what is missing', async () => {
    const hub = new LogHub();
    const { evidence, took } = await run(curl(transfer(40001)), new ScriptedClock(), hub);
    expect(took).toBe(15_000);
    expect(evidence.sidecar).toMatchObject({ read: false, why: expect.stringContaining('logged nothing') });

    const half = new LogHub();
    const clock = new ScriptedClock().at(10, () => half.sidecarText(request(40001, '/data')));
    const some = await run(curl(transfer(40001), transfer(40002)), clock, half);
    expect(some.evidence.sidecar).toMatchObject({
      read: true,
      missing: "1 of the sidecar's lines did not come.",
    });
  });

  it('says that a format is not read, instead of guessing', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock().at(500, () => hub.sidecarText('GET /data 200 12ms'));
    const { evidence } = await run(curl(transfer(40001)), clock, hub);
    expect(evidence.sidecar).toEqual({
      read: false,
      why: 'its access log has a format of its own, which is not read: GET /data 200 12ms',
    });
  });

  it('does not wait for a log that cannot be followed', async () => {
    const hub = new LogHub();
    hub.sidecarTrouble = 'the pods of namespace mesh-network could not be listed';
    const { evidence, took } = await run(curl(transfer(40001)), new ScriptedClock(), hub);
    expect(evidence.sidecar).toMatchObject({ read: false, why: hub.sidecarTrouble });
    expect(took).toBe(250);
  });

  it('counts a line that is brought a second time once', async () => {
    const hub = new LogHub();
    const clock = new ScriptedClock()
      .at(10, () => hub.sidecarText(request(40001, '/data')))
      .at(20, () => hub.sidecarText(request(40001, '/data')));
    const { evidence } = await run(curl(transfer(40001)), clock, hub);
    expect(evidence.sidecar.read && evidence.sidecar.lines).toHaveLength(1);
    expect(hub.logged(5).map(each => each.text)).toHaveLength(1);
  });

  describe('of a connection that the kernel gave another port on its way to the sidecar', () => {
    const url = 'https://api.safedata-zone.io/v2/data';
    const told = (port: number, sni = 'api.safedata-zone.io') => connection(port).replace(/- -$/, `${sni} -`);
    /** What is in the log by then, when it is read for one call over TLS from port 37638. */
    async function gathered(lines: readonly string[], claimed: readonly CurlSide[] = []) {
      const hub = new LogHub();
      const clock = new ScriptedClock();
      const side = curl(transfer(37638, { url }));
      for (const each of [...claimed, side]) hub.claim(each);
      const call = { provider: 'kind', curl: side, userAgent: UA, mark: hub.mark(), reread: async () => {} };
      for (const line of lines) hub.sidecarText(line);
      const found = await gather(hub, call, clock);
      return { line: lineOf(found, 0), took: clock.now(), sidecar: found.sidecar };
    }

    it('takes the line that is nobody else’s, once the log was read', async () => {
      const { line, took } = await gathered([told(11712), told(40001, 'pay.example-pay.io')]);
      expect(line).toMatchObject({ downstreamRemote: '10.0.0.5:11712', clientPort: 37638 });
      expect(took).toBeLessThan(2500);
    });

    it('takes none that is another call’s', async () => {
      const { line, sidecar } = await gathered([told(40002)], [curl(transfer(40002, { url }))]);
      expect([line, sidecar.read]).toEqual([undefined, false]);
    });

    it('takes none where there are two', async () => {
      expect((await gathered([told(11712), told(11713)])).line).toBeUndefined();
    });

    it('takes a request by its User-Agent as well', async () => {
      const hub = new LogHub();
      const call = { provider: 'kind', curl: curl(transfer(37638)), userAgent: UA, mark: hub.mark() };
      hub.sidecarText(request(11712, '/data'));
      const found = await gather(hub, { ...call, reread: async () => {} }, new ScriptedClock());
      expect(lineOf(found, 0)).toMatchObject({ path: '/data', clientPort: 37638 });
    });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const hub = new LogHub();
    const clock = new ScriptedClock().at(100, () => stop.abort());
    const call = { provider: 'kind', curl: curl(transfer(40001)), userAgent: UA, mark: hub.mark() };
    await expect(gather(hub, call, clock, stop.signal)).rejects.toThrow(/abort/i);
  });
});
