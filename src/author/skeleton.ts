/**
 * The files that `istio-tutor new` writes: a lesson and a drill that work as they are, and are proven by the gate, so
 * that an author changes one thing at a time. Pure: a name in, texts out.
 */

/** Texts by path, relative to the new folder. */
export type Skeleton = Readonly<Record<string, string>>;

const HOST = 'api.safedata-zone.io';

function entry(ports: readonly number[], name = 'api'): string {
  const port = (number: number) =>
    number === 443
      ? '    - {number: 443, name: https, protocol: HTTPS}\n'
      : '    - {number: 80, name: http, protocol: HTTP}\n';
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: ${name}
  namespace: mesh-network
spec:
  hosts: [${HOST}]
  location: MESH_EXTERNAL
  resolution: DNS
  ports:
${ports.map(port).join('')}`;
}

const CHECKS = `      - id: http
        title: http:// is known to the mesh
        call: {curl: ['http://${HOST}/data']}
        expect: {code: 200, log: {cluster: outbound|80||${HOST}}}
      - id: https
        title: https:// stays known to the mesh
        call: {curl: ['https://${HOST}/data']}
        expect: {exit: 0, code: 200, log: {cluster: outbound|443||${HOST}}}
        guard: true
`;

const unindented = (text: string, by: number) => text.replaceAll(new RegExp(`^ {${by}}`, 'gm'), '');

/** `schema`: the path or URL of the JSON Schema, for editors. */
export function lessonSkeleton(id: string, title: string, schema: string): Skeleton {
  return {
    'lesson.yaml': `# yaml-language-server: $schema=${schema}
format: 1
id: ${id}
title: ${title}
summary: What the learner will have seen at the end, in one sentence.
minutes: 10
start: []
steps:
  - id: hello
    title: What this is about
    kind: read

  # A question is put before its answer is seen; \`announced\` is the option that the evidence proves (from 1),
  # and \`because\` a word for who chose another one.
  - id: stranger
    title: A call to a stranger
    kind: predict
    question: No manifest names the API. What becomes of the call?
    call: {curl: ['http://${HOST}/data']}
    options:
      - say: it arrives, through the cluster for strangers
        expect: {code: 200, log: {cluster: PassthroughCluster}}
      - say: the sidecar refuses it
        expect: {code: 502}
        because: With REGISTRY_ONLY it would. By default strangers are carried.
    announced: 1

  - id: introduce
    title: A ServiceEntry for port 443
    kind: apply
    changes:
      - apply: manifests/service-entry.yaml
    effect: in-effect

  - id: known
    title: The mesh knows the name now
    kind: probe
    call: {curl: ['https://${HOST}/data']}
    expect: {exit: 0, code: 200, log: {cluster: outbound|443||${HOST}}}

  # Checks look at what calls do, never at the YAML. A check that holds already before the solution is a guard.
  - id: both-doors
    title: The other door
    kind: fix
    task: Make the mesh know http://${HOST} as well.
    files: [manifests/service-entry.yaml]
    checks:
${CHECKS}    hints:
      - Which port does an http:// call go to?
      - "Add a port: number 80, protocol HTTP."
    solution: [solution/service-entry.yaml]
    nearMisses:
      - files: [near-misses/only-80/service-entry.yaml]
        fails: [https]
`,
    'lesson.md': `# ${title}

## What this is about {#hello}

Say what the learner will see. One section a step; \`## Title {#step-id}\`.

## A call to a stranger {#stranger}

The text before the answer.

## What it was {#stranger-after}

The text after it: only what was just seen.

## A ServiceEntry for port 443 {#introduce}

The manifest is shown beside the text; quote what matters:

\`\`\`yaml
hosts: [${HOST}]
\`\`\`

## The mesh knows the name now {#known}

Look at the cluster in the sidecar's line.

## The other door {#both-doors}

What is still missing, without the answer.

## Both {#both-doors-after}

Why it works now.
`,
    'manifests/service-entry.yaml': entry([443]),
    'solution/service-entry.yaml': entry([443, 80]),
    'near-misses/only-80/service-entry.yaml': entry([80]),
  };
}

/** `schema`: the path or URL of the JSON Schema, for editors. */
export function drillSkeleton(id: string, title: string, schema: string): Skeleton {
  return {
    'drill.yaml': `# yaml-language-server: $schema=${schema}
format: 1
id: ${id}
title: ${title}
# egress, tls, routing, resilience or scope; easy, medium or hard
domain: egress
level: easy
minutes: 4
start: []
task: >-
  The mesh knows https://${HOST}. In namespace {{mesh}}, make it know http://${HOST} as well. Callers by https:// must
  be left as they are.
files: [broken/service-entry.yaml]
# Checks look at what calls do. A guard holds before and after, and takes points away when it fails.
checks:
${unindented(CHECKS, 4)}hints:
  - Which port does an http:// call go to?
  - "Add a port: number 80, protocol HTTP."
solution: [solution/service-entry.yaml]
alternatives:
  - [alternatives/two-entries/service-entry.yaml]
nearMisses:
  - files: [near-misses/only-80/service-entry.yaml]
    fails: [https]
  - files: [near-misses/other-host/service-entry.yaml]
    fails: [http]
`,
    'why.md': `Why it was broken, why the answer works, and what to look at first the next time. Shown when the drill is
solved; only what can be seen on a real cluster.
`,
    'broken/service-entry.yaml': entry([443]),
    'solution/service-entry.yaml': entry([443, 80]),
    'alternatives/two-entries/service-entry.yaml': `${entry([443])}---\n${entry([80], 'api-http')}`,
    'near-misses/only-80/service-entry.yaml': entry([80]),
    'near-misses/other-host/service-entry.yaml': `${entry([443])}---\n${entry([80], 'pay').replace(HOST, 'pay.example-pay.io')}`,
  };
}

/** 'two-doors' becomes 'Two doors'. */
export function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
