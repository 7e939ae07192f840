/**
 * Tokens of ServiceAccounts: signed JWTs (`kubectl create token`), and whose they are when somebody comes with one.
 * Sources: kubernetes/pkg/serviceaccount/{claims,jwt}.go, pkg/registry/core/serviceaccount/storage/token.go.
 * The key is made with the first token, so that none outlives its sandbox. Loaded with the first token too.
 */
import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { isoSeconds } from '../time.ts';
import { invalidValue } from './built-in/causes.ts';
import { badRequest, conflict, invalid, notFound } from './status.ts';
import type { Store, StoredObject } from './store.ts';
import { AUTHENTICATED, serviceAccountGroups, type User } from './users.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Seconds, as all times in a token. */
const USUAL_LIFE = 3_600;
const SHORTEST_LIFE = 600;
const LONGEST_LIFE = 2 ** 32;
/** What clocks may differ by. Source: go-jose/jwt (DefaultLeeway) */
const LEEWAY = 60;

interface Reference {
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly aud: readonly string[];
  /** Missing in a token that is kept in a Secret: it lives as long as that. */
  readonly exp?: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: Reference;
    readonly pod?: Reference;
    readonly secret?: Reference;
  };
}

export interface Authenticated {
  readonly user: User;
  /** Those of the token that were asked for. */
  readonly audiences: readonly string[];
}

export class ServiceAccountTokens {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** `now` gives milliseconds since the epoch. */
  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Answers a TokenRequest for `account`. Throws Invalid, BadRequest, NotFound or Conflict. */
  request(account: StoredObject, body: JsonObject): object {
    const { name, namespace = '', uid } = account.metadata;
    const metadata = isObject(body.metadata) ? body.metadata : {};
    checkSame('name', metadata.name, name, name);
    checkSame('namespace', metadata.namespace, namespace, name);
    if (metadata.uid && metadata.uid !== uid) {
      const why = `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`;
      throw conflict('TokenRequest.authentication.k8s.io', name, why);
    }
    const spec = isObject(body.spec) ? body.spec : {};
    const given = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
    const audiences = given.length > 0 ? given : [ISSUER];
    const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : USUAL_LIFE;
    checkLife(seconds);
    const bound = isObject(spec.boundObjectRef) ? spec.boundObjectRef : null;
    const now = this.#now();
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid, creationTimestamp: isoSeconds(now) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound },
      status: {
        token: this.#signed(account, audiences, seconds, bound === null ? {} : this.#bound(account, bound)),
        expirationTimestamp: isoSeconds(now + seconds * 1000),
      },
    };
  }

  /** A token without an end, for a Secret of the type kubernetes.io/service-account-token. */
  forSecret(account: StoredObject, secret: Reference): string {
    return this.#signed(account, [ISSUER], null, { secret });
  }

  /** Whose token it is; a text that says why it is nobody's. Without `audiences`, it must be meant for the API. */
  authenticate(token: string, audiences: readonly string[] = [ISSUER]): Authenticated | string {
    const claims = this.#verified(token);
    if (claims === null) return 'token lookup failed';
    const seconds = Math.floor(this.#now() / 1000);
    if (claims.exp !== undefined && seconds > claims.exp + LEEWAY) return 'service account token has expired';
    const meant = audiences.filter(each => claims.aud.includes(each));
    if (meant.length === 0) {
      const list = (all: readonly string[]) => `[${all.map(each => JSON.stringify(each)).join(' ')}]`;
      return `token audiences ${list(claims.aud)} is invalid for the target audiences ${list(audiences)}`;
    }
    const { namespace, serviceaccount, pod, secret } = claims['kubernetes.io'];
    const account = this.#store.get('serviceaccounts', namespace, serviceaccount.name);
    if (account === undefined) return notFound('serviceaccounts', serviceaccount.name).message;
    if (account.metadata.uid !== serviceaccount.uid)
      return `service account UID (${account.metadata.uid}) does not match claim (${serviceaccount.uid})`;
    for (const [resource, wanted] of [['pods', pod] as const, ['secrets', secret] as const]) {
      if (wanted === undefined) continue;
      if (this.#store.get(resource, namespace, wanted.name)?.metadata.uid !== wanted.uid)
        return 'service account token has been invalidated';
    }
    const extra = {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
      ...(pod === undefined
        ? {}
        : {
            'authentication.kubernetes.io/pod-name': [pod.name],
            'authentication.kubernetes.io/pod-uid': [pod.uid],
          }),
    };
    const groups = [...serviceAccountGroups(namespace), AUTHENTICATED];
    return { user: { username: claims.sub, uid: serviceaccount.uid, groups, extra }, audiences: meant };
  }

  #bound({ metadata }: StoredObject, reference: JsonObject): Partial<Claims['kubernetes.io']> {
    const { kind, name = '', uid: wanted } = reference;
    if (kind !== 'Pod' && kind !== 'Secret')
      throw badRequest(`cannot bind token to object of type ${reference.apiVersion}, Kind=${kind}`);
    const resource = kind === 'Pod' ? 'pods' : 'secrets';
    const object = this.#store.get(resource, metadata.namespace ?? '', String(name));
    if (object === undefined) throw notFound(resource, String(name));
    const { uid } = object.metadata;
    const runsAs = (object.spec as { serviceAccountName?: string } | undefined)?.serviceAccountName;
    if (kind === 'Pod' && runsAs !== metadata.name)
      throw badRequest(
        `cannot bind token for serviceaccount "${metadata.name}" to pod running with different serviceaccount name.`,
      );
    if (wanted && wanted !== uid) {
      const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
      throw conflict(kind, String(name), why);
    }
    return { [kind === 'Pod' ? 'pod' : 'secret']: { name: String(name), uid } };
  }

  #signed(
    { metadata: { name, namespace = '', uid } }: StoredObject,
    audiences: readonly string[],
    life: number | null,
    bound: Partial<Claims['kubernetes.io']>,
  ): string {
    const seconds = Math.floor(this.#now() / 1000);
    const claims: Claims = {
      aud: audiences,
      ...(life === null ? {} : { exp: seconds + life }),
      iat: seconds,
      iss: ISSUER,
      jti: randomUUID(),
      'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid } },
      nbf: seconds,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  /** Null for everything that was not signed here. */
  #verified(token: string): Claims | null {
    const [, signed, payload = '', signature = ''] = /^([\w-]+\.([\w-]+))\.([\w-]+)$/.exec(token) ?? [];
    if (signed === undefined) return null;
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'))) return null;
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
  }
}

function checkSame(field: 'name' | 'namespace', given: unknown, own: string, name: string): void {
  if (!given || given === own) return;
  const why = `must match the service account ${field} if specified`;
  const causes = [invalidValue(`metadata.${field}`, given, why)];
  throw invalid('TokenRequest', 'authentication.k8s.io', name, causes);
}

function checkLife(seconds: number): void {
  const why =
    seconds < SHORTEST_LIFE
      ? 'may not specify a duration less than 10 minutes'
      : seconds > LONGEST_LIFE
        ? 'may not specify a duration larger than 2^32 seconds'
        : null;
  if (why === null) return;
  const causes = [invalidValue('spec.expirationSeconds', seconds, why)];
  throw invalid('TokenRequest', 'authentication.k8s.io', '', causes);
}
