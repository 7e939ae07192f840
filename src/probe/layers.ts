/** Adds to the hops of a transfer who decided at each, and what travels to each: TLS of the app, of the sidecar, none. Pure. */
import { portOf } from './access-log.ts';
import { optionsOf } from './curl-args.ts';
import type { Evidence, LogLine, Transfer, Way } from './evidence.ts';
import { bad, hostOf, isCatchAll } from './hops.ts';
import { CLEAR_TEXT, type Hop } from './walk-types.ts';

const APP = 'TLS(app)';
const SIDECAR = 'TLS(sidecar)';

/** `line`: the transfer's; undefined: nothing is added. */
export function withLayers(
  hops: readonly Hop[],
  evidence: Evidence,
  transfer: Transfer,
  line: LogLine | undefined,
): Hop[] {
  if (line === undefined) return [...hops];
  const way = evidence.ways?.find(each => each.cluster === line.cluster);
  return hops.map(hop => {
    if (hop.state === 'not-reached' || hop.state === 'unknown') return hop;
    const by = decider(hop, way, transfer, line);
    const notes = hop.id === 'app' ? [...hop.notes, ...dialled(evidence, line)] : withoutGuess(hop, by);
    return { ...hop, by, wire: wireTo(hop, transfer, line, way), notes };
  });
}

function decider({ id }: Hop, way: Way | undefined, transfer: Transfer, line: LogLine): string | null {
  if (line.cluster === 'PassthroughCluster') {
    const port = portOf(line.downstreamLocal);
    if (id === 'sidecar') return `nobody: it knows no ${hostOf(transfer.url)}${port === 0 ? '' : `:${port}`}`;
    return id === 'cluster' ? 'carried, and not governed' : null;
  }
  if (id === 'sidecar') return way?.route ?? null;
  return id === 'cluster' ? (way?.policy ?? null) : null;
}

/** What names the object says more than that it was chosen by SNI. */
const withoutGuess = ({ notes }: Hop, by: string | null) =>
  by === null ? notes : notes.filter(note => note !== 'chosen by SNI');

/** Where the command line sends the call to an address of its own, that is what matters. */
function dialled({ curl }: Evidence, { downstreamLocal }: LogLine): string[] {
  const own = optionsOf(curl.argv).some(([name]) => name === '--resolve' || name === '--connect-to');
  return own && downstreamLocal.includes(':') ? [`dials ${downstreamLocal.replace(/:\d+$/, '')}`] : [];
}

function wireTo({ id, notes }: Hop, transfer: Transfer, line: LogLine, way: Way | undefined): string | null {
  const app = /^https:/i.test(transfer.url) ? APP : CLEAR_TEXT;
  if (id === 'sidecar') return app;
  // The far side's own answer, where it is of another kind than what came.
  if (id === 'api') return notes.includes('no TLS came back') ? 'answers in clear' : null;
  if (id !== 'cluster') return null;
  if (isCatchAll(line)) return app;
  if (way !== undefined && way.tls !== null) return app === APP ? `${APP} in ${SIDECAR}` : SIDECAR;
  const { api } = transfer.body;
  if (api !== undefined && !bad(transfer))
    return app === CLEAR_TEXT && api.scheme === 'https' ? SIDECAR : app;
  return way === undefined ? null : app;
}
