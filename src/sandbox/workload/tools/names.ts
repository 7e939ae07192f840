/** Programs that look up names: nslookup and getent. */
import type { ExecStreams, PodResolver } from '../../rooms.ts';
import type { ContainerCommands } from '../exec/container-command.ts';

export function nameTools(resolver: PodResolver): ContainerCommands {
  return {
    nslookup: (argv, streams) => nslookup(resolver, argv, streams),
    getent: (argv, streams) => getent(resolver, argv, streams),
  };
}

/** In BusyBox's format; the server is the cluster's DNS. */
function nslookup(resolver: PodResolver, argv: readonly string[], { stdout, stderr }: ExecStreams): number {
  const words = argv.slice(1);
  const [name = ''] = words.filter(word => !word.startsWith('-'));
  const [, type = 'A'] =
    words.map(word => /^-(?:type|query|q)=(.*)$/i.exec(word) ?? []).find(found => found[1]) ?? [];
  const strange = words.find(word => word.startsWith('-') && !/^-(type=|query=|q=|debug$)/i.test(word));
  if (strange !== undefined || name === '' || !/^(A|AAAA|ANY)$/i.test(type)) {
    stderr(
      `sandbox: nslookup is asked here as nslookup [-type=A] NAME; there are no records but addresses.\n`,
    );
    return 1;
  }
  const addresses = resolver.resolve(name);
  stdout('Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n');
  if (addresses.length === 0) {
    stdout(`** server can't find ${name}: NXDOMAIN\n\n`);
    return 1;
  }
  // Pods and Services have IPv4 addresses only.
  if (/^AAAA$/i.test(type)) {
    stdout(`*** Can't find ${name}: No answer\n\n`);
    return 0;
  }
  stdout(`${addresses.map(address => `Name:\t${name}\nAddress: ${address}\n`).join('')}\n`);
  return 0;
}

function getent(resolver: PodResolver, argv: readonly string[], { stdout, stderr }: ExecStreams): number {
  const [, database, ...names] = argv;
  if (database !== 'hosts' && database !== 'ahostsv4') {
    stderr(`sandbox: getent knows the database hosts here, not ${database ?? 'none'}.\n`);
    return 1;
  }
  let exit = 0;
  for (const name of names) {
    const addresses = resolver.resolve(name);
    if (addresses.length === 0) exit = 2;
    for (const address of addresses) stdout(`${address.padEnd(15)} ${name}\n`);
  }
  return exit;
}
