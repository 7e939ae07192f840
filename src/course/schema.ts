/**
 * What a course, a lesson and a step may say. One vocabulary for lessons, drills, tests and the gate.
 * Checks look at evidence, never at the YAML of a manifest: whatever works is right.
 * The JSON Schemas for editors (schemas/*.json) are generated from here: `npm run schemas`.
 */
import * as z from 'zod';

export const FORMAT = 1;

/** Part of file names, of namespaces and of lines for the shell. */
export const idText = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'small letters, digits and single dashes');
const id = idText.describe('Name within its file; never changes once published, progress is kept under it.');

/** '4s', '300ms', '1m'. Parsed to seconds. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m)$/, "a number with a unit: '300ms', '4s', '1m'")
  .describe("'300ms', '4s', '1m'");

const SEGMENT = '[A-Za-z0-9_](?:[A-Za-z0-9_-]|\\.(?!\\.))*';
const path = (end: string, say: string) =>
  z
    .string()
    .max(200)
    .regex(new RegExp(`^(?:${SEGMENT}/)*${SEGMENT}${end}$`), say);
const NAMES =
  'names of letters, digits, dots, dashes and underscores, a letter or digit first, with / between';

/** A manifest, by its path within the lesson: it becomes a file name in the learner's folder. */
const manifestPath = path('\\.ya?ml', `a .yaml file within the lesson: ${NAMES}`);
/** A lesson's or drill's folder, by its path within the course. */
const folderPath = path('', `a folder within the course: ${NAMES}`);

/** The name of an object, as Kubernetes has them. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]+([.-]+[a-z0-9]+)*$/, "an object's name: small letters, digits, dashes and dots");

const percent = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, "a number with a percent sign: '10%'")
  .describe("'10%'");

const range = z
  .strictObject({ min: z.number().nonnegative().optional(), max: z.number().nonnegative().optional() })
  .refine(r => r.min !== undefined || r.max !== undefined, 'needs min or max');
const count = z.union([z.number().int().nonnegative(), range]);

/** Who answers in the lab world: APP_VERSION of the Deployment that took the request. */
const server = z.enum(['stable', 'canary', 'pay', 'catalog']);

/** What the API saw of one request, as its answer says. */
const body = z.strictObject({
  version: server.optional(),
  scheme: z.enum(['http', 'https']).optional(),
  method: z.string().optional(),
  host: z.string().optional(),
  path: z.string().optional(),
  sni: z.string().optional(),
  clientCert: z.union([z.string(), z.null()]).optional().describe('part of the subject; null for none'),
  headers: z
    .record(z.string(), z.union([z.string(), z.null()]))
    .optional()
    .describe('request headers at the API; null: not there'),
  text: z.string().optional().describe("part of the text of an answer that is not the API's JSON"),
});

/** What one transfer must be. Everything left out is left open. */
const outcome = {
  exit: z
    .union([z.number().int(), z.array(z.number().int()).min(1)])
    .optional()
    .describe("curl's exit code, or the ones allowed"),
  code: z
    .union([z.number().int(), z.array(z.number().int()).min(1)])
    .optional()
    .describe('HTTP status, or the ones allowed; 0 for none'),
  body: body.optional(),
  headers: z
    .record(z.string(), z.union([z.string(), z.null()]))
    .optional()
    .describe("the answer's headers; null: not there"),
  log: z
    .strictObject({
      flags: z
        .string()
        .optional()
        .describe("Envoy's response flags as logged: '-', 'NR', 'UF,URX'; 'UF' matches 'UF,URX' as well"),
      cluster: z.string().optional(),
      details: z.string().optional().describe('part of RESPONSE_CODE_DETAILS'),
      code: z.number().int().optional(),
    })
    .optional()
    .describe("the sidecar's line for this transfer"),
  blocked: z
    .literal(true)
    .optional()
    .describe(
      'kept in by REGISTRY_ONLY, whichever way: 502 of an unknown host, or a connection to BlackHoleCluster',
    ),
  seconds: range.optional().describe('how long this transfer took'),
};

const one = z.strictObject(outcome);

const NOTHING = 'expects nothing: a check that cannot fail';
const expectsSomething = (e: object) => Object.keys(e).some(k => !['within', 'inTime', 'repeat'].includes(k));

export const expectation = z
  .strictObject({
    ...outcome,
    repeat: z.number().int().min(2).max(1000).optional().describe('send the call this often'),
    sequence: z.array(one).min(2).optional().describe('what the transfers must be, one after another'),
    codes: z
      .record(z.string().regex(/^\d{1,3}$/), count)
      .optional()
      .describe('how many transfers had which HTTP status'),
    flags: z
      .record(z.string(), count)
      .optional()
      .describe("how many of the sidecar's lines had which response flag"),
    share: z
      .partialRecord(server, percent)
      .optional()
      .describe('share of the answers; the interval is derived (binomial, 1e-5)'),
    answers: z
      .partialRecord(server, body.omit({ version: true }))
      .optional()
      .describe(
        'what each of the answers of a server must say, and that there is one: a split with a name for each part',
      ),
    mirrored: z
      .partialRecord(server, percent)
      .optional()
      .describe("share of the calls that this server saw besides the caller's"),
    requests: z
      .partialRecord(server, count)
      .optional()
      .describe('how many requests this server saw in all, retries and mirrors included'),
    within: duration.optional().describe('try again until it holds, for so long'),
    inTime: duration
      .optional()
      .describe('a failure counts only where the whole call was over within this time'),
  })
  .refine(expectsSomething, NOTHING);

/** The same in a world with other servers than the lab's: a scene's own. */
const anyOutcome = {
  ...outcome,
  body: outcome.body
    .unwrap()
    .extend({ version: z.string().optional() })
    .optional()
    .describe('what the server saw, and which server it was'),
};
export const anyExpectation = z
  .strictObject({
    ...expectation.shape,
    ...anyOutcome,
    sequence: z.array(z.strictObject(anyOutcome)).min(2).optional(),
    share: z.partialRecord(z.string(), percent).optional(),
    mirrored: z.partialRecord(z.string(), percent).optional(),
    requests: z.partialRecord(z.string(), count).optional(),
  })
  .refine(expectsSomething, NOTHING);
export type Expectation = z.infer<typeof anyExpectation>;
export type Outcome = NonNullable<Expectation['sequence']>[number];

/** One call. `curl` holds curl's arguments without the word curl. */
export const call = z.strictObject({
  curl: z
    .array(z.string())
    .min(1)
    .describe(
      "curl's arguments; {{stableIP}}, {{canaryIP}}, {{payIP}}, {{catalogIP}}, {{mesh}}, {{outside}} are put in",
    ),
  pause: duration.optional().describe('wait so long before it'),
  from: id.optional().describe("one of the lesson's `clients`; left out: the client in mesh-network"),
});
export type Call = z.infer<typeof call>;

const workload = z.enum(['safedata-stable', 'safedata-canary', 'example-pay', 'catalog', 'client']);

/** What a step does to the world. Manifests say mesh-network and outside; the engine puts in the learner's own. */
export const change = z.union([
  z.strictObject({ apply: manifestPath.describe('a manifest file, relative to the lesson') }),
  z.strictObject({
    remove: z.strictObject({ kind: z.string(), name: objectName, namespace: z.string().optional() }),
  }),
  z.strictObject({
    scale: z.strictObject({ deployment: workload, replicas: z.number().int().min(0).max(3) }),
  }),
  z.strictObject({
    env: z.strictObject({
      deployment: workload,
      name: z.enum(['APP_VERSION', 'FIREWALL']).describe('what the API servers read'),
      value: z.string().max(64),
    }),
  }),
  z
    .strictObject({ service: z.strictObject({ name: workload, present: z.boolean() }) })
    .describe('take a Service of the world away, or give it back'),
]);
export type Change = z.infer<typeof change>;

/** What becomes of an apply at this sidecar. See probe/in-effect.ts. */
const effect = z.enum(['in-effect', 'unchanged', 'refused-by-sidecar', 'refused-by-api']);

const common = {
  id,
  title: z.string().max(60),
  order: z.literal('age').optional().describe('objects of this step are a second apart: age decides'),
};

const read = z.strictObject({ ...common, kind: z.literal('read') });

const options = z
  .array(
    z.strictObject({
      say: z.string().max(74),
      expect: expectation
        .optional()
        .describe('what the evidence is if this option is right; left out: none of the others'),
      because: z
        .string()
        .max(300)
        .optional()
        .describe('of a wrong option: why one may think so, and what really happens; shown to who chose it'),
    }),
  )
  .min(2)
  .max(5);

const announced = z
  .number()
  .int()
  .min(1)
  .describe('which option the evidence proves right (from 1); the gate tries it');

const predict = z.strictObject({
  ...common,
  kind: z.literal('predict'),
  question: z.string().max(1000),
  call,
  options,
  announced,
  topic: z
    .string()
    .max(60)
    .optional()
    .describe("what it is about, in a few words: 'who looks up the name'; left out: the title"),
  drill: id.optional().describe('a drill of the course on the same thing, for who missed it'),
  again: z
    .strictObject({
      question: z.string().max(1000),
      call: call
        .optional()
        .describe(
          'proves the answer in the state of this step: the gate sends it; left out: nothing is sent',
        ),
      options,
      announced,
    })
    .optional()
    .describe('the same fact in another dress, for the recaps of this lesson and of later ones'),
});
/** The same fact once more, as a recap asks it. */
export type Again = NonNullable<z.infer<typeof predict>['again']>;

/** Asks `again` of predictions of this lesson, and of earlier ones that were missed; then its text is shown. */
const recap = z.strictObject({ ...common, kind: z.literal('recap') });

const apply = z.strictObject({
  ...common,
  kind: z.literal('apply'),
  changes: z.array(change).min(1),
  effect: effect.optional().describe('what the learner is told to expect; the gate tries it'),
  refusal: z.string().optional().describe('part of the words of the refusal, with effect refused-by-api'),
});

const probe = z.strictObject({
  ...common,
  kind: z.literal('probe'),
  call,
  expect: expectation.describe('what the text announces; the gate tries it'),
});

const check = z.strictObject({
  id,
  title: z.string().max(60),
  call,
  expect: expectation,
  /** A check that already holds in the broken state: it guards what must stay as it is. */
  guard: z
    .boolean()
    .optional()
    .describe('true: holds before the solution as well, and must still hold after it'),
  points: z.number().int().positive().optional(),
});
/** In whatever world: a lesson's checks speak of the lab's servers, a scene's of its own. */
export type Check = Omit<z.infer<typeof check>, 'expect'> & { readonly expect: Expectation };

const files = z.array(manifestPath).min(1);
/** What is to be fixed, how the learner is told, and the answers that prove the checks. */
export const repair = {
  task: z.string().max(2000).describe('what must hold at the end, one or two sentences'),
  files: files.describe(
    "manifests copied into the learner's folder to start from; their base names are the file names there",
  ),
  checks: z.array(check).min(1),
  hints: z.array(z.string().max(1000)).min(1).max(3),
  solution: files.describe("files that make every check pass; same base names replace the learner's"),
  remove: z
    .array(z.strictObject({ kind: z.string(), name: objectName }))
    .optional()
    .describe('objects that the solution needs gone'),
  alternatives: z.array(files).optional().describe('other answers that must pass as well'),
  nearMisses: z
    .array(z.strictObject({ files, fails: z.array(id).min(1) }))
    .optional()
    .describe('wrong answers, and the checks that catch them'),
};
const fix = z.strictObject({ ...common, kind: z.literal('fix'), ...repair });

const inspect = z.strictObject({
  ...common,
  kind: z.literal('inspect'),
  look: z
    .enum(['clusters', 'listeners', 'routes', 'endpoints', 'access-log', 'object'])
    .describe('what of this sidecar, or of the API, is shown'),
  match: z.string().optional().describe('only what contains this'),
  object: z.strictObject({ kind: z.string(), name: objectName }).optional(),
});

export const step = z.discriminatedUnion('kind', [read, predict, apply, probe, fix, inspect, recap]);
export type Step = z.infer<typeof step>;
type StepKind = Step['kind'];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

/** Further callers: `b` is a client with a sidecar of its own in the namespace mesh-network-b. */
export const clients = z
  .array(z.string().regex(/^[a-z0-9]{1,8}$/, 'at most eight small letters and digits'))
  .max(3)
  .describe('further namespaces with a client of their own: b is mesh-network-b; the two see each other')
  .optional();

export const lesson = z.strictObject({
  format: z.literal(FORMAT),
  id,
  title: z.string().max(44),
  summary: z.string().max(200),
  minutes: z.number().int().positive(),
  clients,
  start: z.array(change).describe('changes to a fresh world before the first step'),
  steps: z.array(step).min(1),
});
export type LessonFile = z.infer<typeof lesson>;

export const course = z
  .strictObject({
    format: z.literal(FORMAT),
    title: z.string(),
    istio: z.array(z.string()).describe('Istio versions that the course was checked with'),
    lessons: z.array(folderPath).max(100).describe('folders, in order'),
    drills: z
      .array(folderPath)
      .min(1)
      .max(200)
      .describe('folders of drills, in the order in which they are listed')
      .optional(),
    article: path('\\.ya?ml', `a .yaml file within the course: ${NAMES}`)
      .describe('the article that the course is about; see docs/authors.md')
      .optional(),
    takeHome: z
      .array(manifestPath)
      .min(1)
      .max(20)
      .describe("manifests that are written into the learner's folder when the last lesson is done")
      .optional(),
  })
  .refine(c => c.lessons.length + (c.drills?.length ?? 0) > 0, 'names neither a lesson nor a drill');
