/** What a scene's calls, checks and changes name: servers, clients, hosts, placeholders. */
import { SERVERS } from '../world/names.ts';
import { nearest } from './address.ts';
import { type CallRules, courseCalls, wrongCall } from './allowed-calls.ts';
import { CALL_STAND_INS, isLabAddress } from './lab-hosts.ts';
import { fillKnown } from './manifest.ts';
import type { Scene } from './scene.ts';
import { placeholders, unknownPlaceholder } from './scene-manifests.ts';
import type { Call, Expectation } from './schema.ts';

type Path = readonly PropertyKey[];
type Fail = (path: Path, why: string) => never;

/** Any host that has a name: in the sandbox there is nobody else whom a call could reach. */
const SANDBOX_CALLS: CallRules = {
  whose: 'A scene',
  hosts: 'hosts by their names',
  callable: host => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?$/i.test(host),
  // Any number at the end makes an address of it for curl: 127.1, 2130706433, 0x7f000001.
  isNamed: host => isLabAddress(host) || !/(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(host),
};

/** Each method calls `fail`, which throws, for what is not there or not allowed. */
export class SceneNames {
  readonly #world: Scene['world'];
  readonly #clients: readonly string[];
  readonly #fail: Fail;

  constructor(world: Scene['world'], labClients: readonly string[], fail: Fail) {
    this.#world = world;
    this.#clients = world?.clients.map(each => each.name) ?? labClients;
    this.#fail = fail;
  }

  /** A server, as changes name it. */
  deployment(name: string, path: Path): void {
    this.known(name, this.#world?.servers.map(each => each.as) ?? Object.keys(SERVERS), path, 'server');
  }

  known(name: string, all: readonly string[], path: Path, what: string): void {
    if (all.includes(name)) return;
    const near = nearest(name, all);
    const known = near === null ? `There are ${all.join(', ') || 'none'}.` : `Did you mean ${near}?`;
    this.#fail(path, `There is no ${what} "${name}". ${known}`);
  }

  /** What of it goes beyond what a course may call, where the world is the lab's; null: nothing. */
  call(call: Call, path: Path): { readonly path: Path; readonly why: string } | null {
    const lab = this.#world === null;
    call.curl.forEach((arg, i) => {
      const odd = placeholders(arg).find(({ name }) => !lab || !Object.hasOwn(CALL_STAND_INS, name));
      if (odd !== undefined) this.#fail([...path, 'curl', i], unknownPlaceholder(odd.whole, lab));
    });
    const argv = call.curl.map(arg => fillKnown(arg, lab ? CALL_STAND_INS : {}));
    const wrong = wrongCall(argv, SANDBOX_CALLS);
    if (wrong !== null) this.#fail([...path, 'curl', wrong.at], wrong.why);
    if (call.from !== undefined) this.known(call.from, this.#clients, [...path, 'from'], 'client');
    const beyond = lab ? wrongCall(argv, courseCalls([CALL_STAND_INS.mesh, CALL_STAND_INS.outside])) : null;
    return beyond === null ? null : { path: [...path, 'curl', beyond.at], why: beyond.why };
  }

  /** Servers by the names that they have, and transfers as many as there are. */
  expectation(expect: Expectation, path: Path): void {
    const servers = this.#world?.servers.map(each => each.as) ?? Object.values(SERVERS);
    const { body, sequence, repeat } = expect;
    if (body?.version !== undefined)
      this.known(body.version, servers, [...path, 'body', 'version'], 'server');
    for (const field of ['share', 'mirrored', 'requests'] as const) {
      for (const name of Object.keys(expect[field] ?? {}))
        this.known(name, servers, [...path, field, name], 'server');
    }
    sequence?.forEach(({ body: each }, i) => {
      if (each?.version !== undefined)
        this.known(each.version, servers, [...path, 'sequence', i, 'body', 'version'], 'server');
    });
    if (sequence !== undefined && repeat !== undefined && sequence.length !== repeat)
      this.#fail(
        [...path, 'sequence'],
        `It describes ${sequence.length} transfers, and repeat is ${repeat}.`,
      );
  }
}
