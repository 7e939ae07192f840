/** `curl` in a client container: the machine's own, sealed (seal.ts), with the container's files and certificates. */
import { join } from 'node:path';
import type { Program } from '../commands.ts';
import type { CurlDoor } from '../surroundings.ts';
import { runCurl } from './child.ts';
import type { CurlFolder } from './folder.ts';
import { leadsOf } from './resolve.ts';
import { sealedArguments } from './seal.ts';
import { readCurlWords } from './words.ts';

const MISSING = `sandbox: curl is not on this machine's PATH, and probes are real curl calls. Install it:
    apt-get install curl | dnf install curl | apk add curl | brew install curl
`;

export interface CurlPlace {
  /** Real path of the program; null: there is none. */
  readonly curl: string | null;
  readonly door: CurlDoor;
  readonly noNames: { url(): Promise<string> };
  readonly folder: CurlFolder;
}

export interface CurlPod extends Omit<Parameters<CurlDoor['admit']>[0], 'outbound'> {
  /** Read when a call begins. */
  readonly outbound: () => Parameters<CurlDoor['admit']>[0]['outbound'];
  readonly env: Readonly<Record<string, string>>;
  readonly readFile: (path: string) => string | null;
}

/** The variables of the container's environment that name files and that curl reads. */
const FILE_VARIABLES = ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'];

/** Where curl and its libraries look for what is a user's. All options that make them look are refused; this is a second wall. */
const NOTHING_OF_THE_MACHINE = {
  ...{ HOME: '/nonexistent', CURL_HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' },
  ...{ KRB5_CONFIG: '/dev/null', KRB5CCNAME: 'FILE:/nonexistent', KRB5_CLIENT_KTNAME: 'FILE:/nonexistent' },
  LDAPNOINIT: '1', // `curl --version` would read ldaprc.
};

export function curlProgram({ curl, door, noNames, folder }: CurlPlace, pod: CurlPod): Program {
  const mounted = (path: string) => {
    const text = pod.readFile(path);
    return text === null ? undefined : folder.copyOf(text);
  };
  return async (argv, streams) => {
    if (curl === null) {
      streams.stderr(MISSING);
      return 127;
    }
    const words = readCurlWords(argv.slice(1), { mounted });
    if ('refused' in words) {
      streams.stderr(`${words.refused}\n`);
      return words.exit;
    }
    const env: Record<string, string> = { ...NOTHING_OF_THE_MACHINE };
    for (const name of FILE_VARIABLES) {
      const path = pod.env[name];
      if (path) env[name] = mounted(path) ?? join(folder.path, 'no-such-file');
    }
    const { ip, resolver, captures } = pod;
    const leads = leadsOf(words.groups);
    const pass = door.admit({ ip, resolver, lead: leads.to, outbound: pod.outbound(), captures });
    try {
      const args = await sealedArguments(words.groups, {
        doorPort: door.port,
        user: pass.user,
        password: pass.password,
        resolves: host => leads.known(host, name => resolver.resolve(name).length > 0),
        noNames: () => noNames.url(),
      });
      const { exit, error } = await runCurl(curl, args, streams, { folder: folder.path, env });
      if (error) streams.stderr(`sandbox: ${error}\n`);
      return exit;
    } finally {
      pass.revoke();
    }
  };
}
