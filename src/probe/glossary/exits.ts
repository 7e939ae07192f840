/** What curl's exit codes say of a call through a mesh: how far it came, and which side to look at. */
import { CURL_EXITS, curlExitSentence } from '../curl-exits.ts';
import type { Entry } from './entry.ts';

const SOURCE = 'https://curl.se/docs/manpage.html#EXIT';

const ANSWERED =
  'It says nothing of the status: a 404 or 503 is an answer too, and it may come from the sidecar instead of the API. The access log tells which.';
const LOCAL =
  'It happens before anything is sent, so the sidecar has no line of it. Put the command line right, or the machine that curl runs on.';
const CONNECTING =
  'Behind a sidecar this is rare, as the sidecar itself takes the connection: it means that nothing took it, or that the call went past the sidecar.';
const HANDSHAKE =
  'The app opened TLS, and the other end did not go along. With the sidecar in between that end may be the sidecar, the API, or a mesh that has wrapped TLS in TLS: the access log names the cluster.';
const TRUST =
  'The handshake came so far that a certificate was shown, so something that speaks TLS is there. Look at whose certificate it is: curl -v shows its names.';
const BROKEN =
  'The connection was there and ended early. Look for the line of the sidecar: its flag says whether the API, the sidecar or the app hung up.';
const AFTER =
  'The answer was there, and what went wrong is what curl was to do with it. The mesh has no part in it.';

const GROUPS: readonly (readonly [text: string, exits: readonly number[]])[] = [
  [ANSWERED, [0]],
  [LOCAL, [1, 2, 3, 4, 25, 26, 27, 34, 43, 45, 48, 49, 53, 54, 66, 75, 77, 82, 93, 99, 100]],
  [CONNECTING, [5, 7, 89, 96, 97]],
  [HANDSHAKE, [35, 59, 80, 101]],
  [TRUST, [58, 60, 83, 90, 91, 98]],
  [BROKEN, [8, 16, 18, 52, 55, 56, 65, 92, 95]],
  [AFTER, [22, 23, 33, 47, 61, 63, 67, 78, 88, 94]],
];

/** Those of which there is more to say than of their group. */
const OWN: Readonly<Record<number, string>> = {
  6: 'The name is looked up by the app, not by the sidecar: a ServiceEntry does not help by itself, unless DNS of the proxy is on. For a trial give the address: --resolve NAME:PORT:ADDRESS.',
  28: 'The time is that of the app (-m, --connect-timeout). The sidecar logs such a call with DC where it had taken it; where it has no line, the connection was never answered.',
  52: 'The connection was taken and closed without a byte. A sidecar does that where no filter chain fits (NR), or where the mesh lets nothing out to there (BlackHoleCluster).',
};

export const EXIT_ENTRIES: readonly Entry[] = CURL_EXITS.map(exit => ({
  id: `${exit}`,
  title: `exit code ${exit}`,
  kind: 'An exit code of curl',
  text: `${curlExitSentence(exit)} ${OWN[exit] ?? GROUPS.find(([, exits]) => exits.includes(exit))?.[0] ?? ''}`,
  source: SOURCE,
  finds: new RegExp(`(?:exit(?: code)? |curl: \\()${exit}\\b`, 'i'),
}));
