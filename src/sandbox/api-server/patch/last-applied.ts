/**
 * The annotation of `kubectl apply`, which kubectl's own server-side apply keeps in step, so that the next client-side
 * one compares with what was applied. Source: apimachinery/pkg/util/managedfields/internal/lastappliedupdater.go
 */
import { goJson } from '../../../istio/go-text.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** '' if the object has none. */
export function lastApplied({ metadata }: JsonObject): string {
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const text = isObject(annotations) ? annotations[LAST_APPLIED] : undefined;
  return typeof text === 'string' ? text : '';
}

/** `object`, to which kubectl applied `config`. */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  if (lastApplied(object) === '') return object;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const text = `${goJson(withoutIt(config))}\n`;
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

function withoutIt(config: JsonObject): JsonObject {
  const metadata = isObject(config.metadata) ? config.metadata : {};
  if (!isObject(metadata.annotations)) return config;
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  return { ...config, metadata: { ...metadata, annotations } };
}
