// What two clusters with the same objects cannot have in common.

/** In this order: what an earlier rule took is not looked at by a later one. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b(?:sha256:)?[0-9a-f]{40,}\b/g, 'SHA'],
  // Certificates and tokens.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [/\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, 'PEM'],
  [/-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g, 'PEM'],
  // Times, in each of the ways that they are written in.
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d)?(?: [+-]\d{4} UTC| UTC)?/g, 'TIME'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})/g, 'TIME'],
  [/\b([EWI])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, '$1TIME PID '],
  // Names of pods and ReplicaSets.
  [/\b([a-z][a-z0-9-]*?)-[0-9a-z]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-HASH-POD'],
  [/\b(pod-template-hash[=:] ?)"?[0-9a-z]{7,10}"?/g, '$1HASH'],
  [/\b([a-z][a-z-]*)-(?=[a-z0-9]*\d)[bcdf0-9gh]{7,10}\b/g, '$1-HASH'],
  // Addresses and ports.
  [/\b(?:127\.0\.0\.1|localhost|\[::1\]):\d{4,5}\b/g, 'LOOPBACK:PORT'],
  [/\b(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, 'ADDRESS'],
  [/\bADDRESS:\d{5}\b/g, 'ADDRESS:PORT'],
  [/\b2(?:40\.240\.\d+\.\d+|001:2::[0-9a-f]+)\b/g, 'ADDRESS'],
  // The cluster's own names and versions.
  [/\bv1\.\d+\.\d+(?:\+[a-z-]+)?(?=$|[\s",])/gm, 'VERSION'],
  [
    /\b(?:[a-z0-9-]+-control-plane\b(?=$|[ /",)])|(?<!the |-|\/)sandbox\b(?!:|'|-)|(?<=node\/)sandbox\b)/gm,
    'NODE',
  ],
  [/\b(?:kind-[a-z0-9]+|istio-tutor-sandbox)\b/g, 'CONTEXT'],
  [/\b(resourceVersion"?: "?|resource version: +|"resourceVersion\\":\\")\d+/gi, '$1N'],
  [/\b(generation"?: +)\d+/gi, '$1N'],
  [/\b(LIVE|MERGED)-\d+/g, '$1'],
  [/\b(forwarding) \d+ ->/g, '$1 PORT ->'],
  // An image that was loaded into the node has a name of its own there.
  [/\bdocker\.io\/[\w./:-]+@SHA/g, 'IMAGE@SHA'],
  // Random ends of names.
  [/\b([a-z][a-z-]*)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-RANDOM'],
  // How long something took, or is old: in tables, in parentheses, in the words of curl.
  [/\b(after|in|took|for) \d+(?:\.\d+)? ?(ms|milliseconds)\b/g, '$1 N ms'],
  [/(?<=^|[ (])(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:s|m|h|d|ms)(?=$|[ )])/gm, 'AGE'],
  [/<(?:invalid|unknown)>(?=$| )/gm, 'AGE'],
  [/\bAGE \(x\d+ over AGE\)/g, 'AGE'],
];

/** Text without hashes, addresses, times and ages; columns are as wide as their widest cell, so gaps are one blank. */
export function normalized(text: string): string {
  const plain = RULES.reduce((rest, [pattern, to]) => rest.replace(pattern, to), text);
  return plain.replace(/(?<=\S)[ \t]{2,}/g, ' ').replace(/[ \t]+$/gm, '');
}
