import { describe, expect, it } from 'vitest';
import { drawWalk, plainText } from '../../src/probe/draw-walk.ts';
import type { Evidence, LogLine, Transfer } from '../../src/probe/evidence.ts';
import { find } from '../../src/probe/finding.ts';
import { lineOf } from '../../src/probe/match.ts';
import { walk, walkOfAnswer } from '../../src/probe/walk.ts';
import type { Walk } from '../../src/probe/walk-types.ts';
import { recorded } from './recorded.ts';

const all = recorded();

/** Where the drawn call ended: 'api', or 'x cluster' when it failed there; 'app ?' when nothing more is known. */
function end({ hops }: Walk): string {
  const failed = hops.find(hop => hop.state === 'failed' || hop.state === 'partly');
  if (failed !== undefined) return `x ${failed.id}`;
  return hops.findLast(hop => hop.state === 'passed')?.id ?? 'none';
}

interface Kind {
  readonly name: string;
  readonly is: (transfer: Transfer, line: LogLine | undefined) => boolean;
  readonly end: string;
  readonly says: RegExp;
}

/** What the recordings hold, told apart by what curl and the log said; the first that fits counts. */
const KINDS: readonly Kind[] = [
  { name: 'no name', is: t => t.exit === 6, end: 'x app', says: /could not be resolved/ },
  {
    name: 'registry only, TCP',
    is: (_, l) => l?.cluster === 'BlackHoleCluster',
    end: 'x sidecar',
    says: /REGISTRY_ONLY/,
  },
  {
    name: 'registry only, HTTP',
    is: (_, l) => l?.route === 'block_all',
    end: 'x sidecar',
    says: /This 502 .* REGISTRY_ONLY/,
  },
  {
    name: 'no route',
    is: (_, l) => l?.flags === 'NR',
    end: 'x sidecar',
    says: /This 404 .* none of its routes/,
  },
  {
    name: 'no cluster',
    is: (_, l) => l?.flags === 'NC',
    end: 'x cluster',
    says: /This 503 .* does not have/,
  },
  { name: 'pool full', is: (_, l) => l?.flags === 'UO', end: 'x cluster', says: /connection pool is full/ },
  { name: 'nothing healthy', is: (_, l) => l?.flags === 'UH', end: 'x cluster', says: /no healthy endpoint/ },
  {
    name: 'wrong SAN',
    is: (_, l) => l?.details.includes('SAN_matcher') === true,
    end: 'x api',
    says: /not for the name/,
  },
  {
    name: 'TLS to plaintext',
    is: (_, l) => l?.details.includes('WRONG_VERSION') === true,
    end: 'x api',
    says: /speaks plaintext/,
  },
  { name: 'timeout', is: (_, l) => l?.flags === 'UT', end: 'x api', says: /timeout ran out/ },
  {
    name: 'fault',
    is: (_, l) => l?.flags.includes('FI') === true,
    end: 'x sidecar',
    says: /fault rule .* not asked/,
  },
  {
    name: 'redirect',
    is: (t, l) => l?.details === 'direct_response' && t.code >= 300 && t.code < 400,
    end: 'sidecar',
    says: /redirect/,
  },
  {
    name: 'direct response',
    is: (_, l) => l?.details === 'direct_response',
    end: 'x sidecar',
    says: /holds this answer/,
  },
  { name: 'CORS', is: (_, l) => l?.details === 'cors_response', end: 'sidecar', says: /CORS/ },
  {
    name: 'retries used up',
    is: (_, l) => l?.flags === 'URX',
    end: 'x api',
    says: /itself answered.*used up.*asked \d times/,
  },
  {
    name: 'TLS in TLS',
    is: (t, l) => t.exit === 35 && l?.cluster.startsWith('outbound|443|') === true,
    end: 'x api',
    says: /TLS in TLS/,
  },
  { name: 'plain HTTP to TLS', is: t => t.code === 400, end: 'x api', says: /plain HTTP/ },
  { name: 'refused by the API', is: t => t.code >= 400, end: 'x api', says: /The API itself answered/ },
  {
    name: 'delayed',
    is: (t, l) => l?.flags === 'DI' && t.code === 200,
    end: 'api',
    says: /hold the request back.*answered 200/,
  },
  {
    name: 'passthrough',
    is: (t, l) => t.exit === 0 && l?.cluster === 'PassthroughCluster',
    end: 'api',
    says: /without knowing the host/,
  },
  {
    name: 'by SNI',
    is: (t, l) => t.exit === 0 && l?.sni !== '-' && l?.protocol === '',
    end: 'api',
    says: /server name in the TLS hello/,
  },
  {
    name: 'by port',
    is: (t, l) => t.exit === 0 && l?.protocol === '',
    end: 'api',
    says: /by port or address/,
  },
  {
    name: 'origination',
    is: (t, l) => t.body.api?.scheme === 'https' && l?.protocol !== '',
    end: 'api',
    says: /opened TLS to the API itself/,
  },
  {
    name: 'HTTP',
    is: t => t.code < 400 && t.exit === 0,
    end: 'api',
    says: /read the request as HTTP and chose its route/,
  },
];

/** The transfer that a walk is drawn of: the first that failed, else the first. */
function drawn(evidence: Evidence): number {
  const index = evidence.curl.transfers.findIndex(transfer => transfer.exit !== 0 || transfer.code >= 400);
  return Math.max(0, index);
}

describe('the walk of every recorded call', () => {
  it('has them all', () => {
    expect(all).toHaveLength(214);
  });

  it('ends where the call ended, and says why', () => {
    const seen = new Map(KINDS.map(kind => [kind.name, 0]));
    for (const { name, evidence } of all) {
      const at = drawn(evidence);
      const transfer = evidence.curl.transfers[at];
      if (transfer === undefined) throw new Error(`${name} has no transfer`);
      const line = lineOf(evidence, at);
      const kind = KINDS.find(one => one.is(transfer, line));
      if (kind === undefined) throw new Error(`${name} is of no known kind`);
      const result = walk(evidence);
      expect(`${name} (${kind.name}): ${end(result)}`).toBe(`${name} (${kind.name}): ${kind.end}`);
      expect(result.sentence, name).toMatch(kind.says);
      seen.set(kind.name, (seen.get(kind.name) ?? 0) + 1);
    }
    // A kind that nothing is of would prove nothing.
    expect([...seen].filter(([, count]) => count === 0)).toEqual([]);
  });

  it.each([56, 76, 116, 196])('fits into %i columns, and in ASCII has nothing else', columns => {
    const lines = (ascii: boolean) =>
      all.flatMap(one => plainText(drawWalk(walk(one.evidence), { columns, ascii })).split('\n'));
    const [signs, ascii] = [lines(false), lines(true)];
    expect(signs.length).toBeGreaterThan(1000);
    const wrong = [...signs, ...ascii].filter(line => [...line].length > columns || line !== line.trimEnd());
    expect(wrong).toEqual([]);
    expect(ascii.filter(line => !/^[\x20-\x7e]*$/.test(line))).toEqual([]);
  });
});

function evidence(name: string): Evidence {
  const found = all.find(one => one.name === name);
  if (found === undefined) throw new Error(`no recording ${name}`);
  return found.evidence;
}

describe('an answer that the route holds itself', () => {
  it.each([
    [200, "This 200 is the sidecar's own. The route holds this answer itself; the API was not asked."],
    [302, "This 302 is the sidecar's own. The route is a redirect; to follow it is up to the app."],
  ])('is a redirect only with a status of one: %i', (code, sentence) => {
    const held = all.find(({ evidence }) => lineOf(evidence, 0)?.details === 'direct_response')?.evidence;
    const [transfer, line] = [held?.curl.transfers[0], held && lineOf(held, 0)];
    if (!transfer || !line) throw new Error('no recording of a direct response');
    expect(find({ ...transfer, code }, { ...line, code })).toMatchObject({ reached: 'sidecar', sentence });
  });
});

describe('a call that nothing in the registry names', () => {
  const single = all.filter(({ evidence }) => evidence.curl.transfers.length === 1);
  const lines = single.flatMap(({ evidence }) => {
    const line = lineOf(evidence, 0);
    return line === undefined ? [] : [{ evidence, line, walked: walk(evidence) }];
  });

  it('was not chosen by its SNI, whatever its hello says', () => {
    const hello = lines.find(({ line }) => line.sni !== '-' && line.cluster.startsWith('outbound|443|'));
    if (hello === undefined) throw new Error('no recording of a TLS call');
    expect(hello.walked.hops[1]?.notes).toContain('chosen by SNI');
    for (const cluster of ['PassthroughCluster', 'BlackHoleCluster']) {
      const sidecar = { ...hello.evidence.sidecar, lines: [{ ...hello.line, cluster }] };
      const stranger = walk({ ...hello.evidence, sidecar } as Evidence);
      expect(stranger.hops[1]?.notes).toContain('no SNI matched');
    }
  });

  it('is missing with its port, not as a host', () => {
    const blocked = lines.filter(({ line }) => line.route === 'block_all');
    expect(blocked.length).toBeGreaterThan(0);
    for (const { line, walked } of blocked) {
      const host = line.authority.replace(/:\d+$/, '');
      expect(walked.sentence).toContain(`It knows no service for ${host} on port `);
      expect(walked.hops[1]?.notes.at(-1)).toMatch(/:\d+ not in the registry$/);
    }
  });
});

describe('many calls', () => {
  it('by several endpoints name none of them', () => {
    const split = evidence('vs-weights-90-10#1');
    if (!split.sidecar.read) throw new Error('its lines are lost');
    const lines = split.sidecar.lines.map((line, index) => ({
      ...line,
      cluster: 'outbound|80||api.safedata-zone.io',
      upstreamHost: `10.0.0.${index % 2}:8443`,
    }));
    const { hops } = walk({ ...split, sidecar: { ...split.sidecar, lines } });
    expect(hops[2]?.notes).toEqual(['outbound|80||api.safedata-zone.io', '2 endpoints']);
  });

  it('are counted by what the caller saw', () => {
    const split = walk(evidence('vs-weights-90-10#1'));
    expect(split.answers).toEqual([
      { label: 'stable', count: 175, of: 200 },
      { label: 'canary', count: 25, of: 200 },
    ]);
    expect(split.mirrored).toEqual([]);
    expect(split.sentence).toContain('All 200 calls went well.');
    const full = walk(evidence('dr-pool-overflow#1'));
    expect(full.answers.map(tally => `${tally.label} ${tally.count}`)).toEqual(['503 UO 7', 'stable 3']);
    expect(full.sentence).toContain('7 of 10 calls failed.');
  });

  it('and by what the caller did not see', () => {
    expect(walk(evidence('vs-mirror-10#1')).mirrored).toEqual([{ label: 'canary', count: 14, of: 200 }]);
    expect(walk(evidence('vs-mirror-100#1')).mirrored).toEqual([{ label: 'canary', count: 10, of: 10 }]);
  });

  it('take no retry for a mirrored request', () => {
    const tried = walk(evidence('vs-retries-5xx#1'));
    expect(tried.mirrored).toEqual([]);
    expect(tried.sentence).toContain('In all the API was asked 4 times.');
  });
});

describe('without a side', () => {
  const whole = evidence('article-1#1');

  it('the walk says what is not known', () => {
    const result = walk({ ...whole, sidecar: { read: false, why: 'its access log may be off.' } });
    expect(result.hops.map(hop => hop.state)).toEqual(['passed', 'unknown', 'unknown', 'passed']);
    expect(result.sentence).toBe(
      'The answer is 200. What the sidecar did is not known: its access log may be off.',
    );
  });

  it('the answer alone is drawn while the line is on its way', () => {
    const result = walkOfAnswer(whole.curl);
    expect(result.hops.map(hop => hop.state)).toEqual(['passed', 'unknown', 'unknown', 'passed']);
    expect(result.hops[3]?.title).toBe('API stable');
    expect(walkOfAnswer(evidence('none#5').curl).hops[0]?.state).toBe('failed');
  });

  it('a call that curl never made fails at the app', () => {
    const result = walk({
      ...whole,
      curl: { ...whole.curl, exit: 2, transfers: [], message: 'curl: option -x: requires parameter' },
    });
    expect(end(result)).toBe('x app');
    expect(result.sentence).toContain('curl could not start');
  });
});
