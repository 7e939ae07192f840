/**
 * The pod-template-hash in the names of ReplicaSets and pods: FNV-1a over the template, in an alphabet without vowels.
 * Source: pkg/controller/controller_utils.go (ComputeHash), apimachinery/pkg/util/rand/rand.go (SafeEncodeString).
 * Kubernetes hashes a dump of Go's structs; here it is JSON, so the letters differ from a real cluster's.
 */
import { sortedKeys } from '../../../shared/sorted-keys.ts';
import { fnv1a } from '../../fnv.ts';
import type { PodTemplate } from '../kube-types.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export function templateHash(template: PodTemplate): string {
  const hash = fnv1a(JSON.stringify(sortedKeys(template)));
  return [...String(hash)].map(digit => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}
