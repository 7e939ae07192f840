/**
 * Commands in Envoy's formats for structured values: metadata by path, and COALESCE with its JSON.
 * Source: envoyproxy/envoy source/common/formatter/{stream_info_formatter,coalesce_formatter}.cc.
 */
import type { FormatCommand } from '../../../envoy/format-string.ts';
import { sortedKeys } from '../../../shared/sorted-keys.ts';
import { bytesOf } from '../http/header-mutations.ts';

/** A text as it is, anything else as JSON with sorted keys; null: there is nothing at that path. */
export function metadataText(metadata: unknown, path: readonly string[]): string | null {
  let value = metadata;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  if (value === undefined || value === null) return null;
  return bytesOf(typeof value === 'string' ? value : JSON.stringify(sortedKeys(value)));
}

type Operator = string | { readonly command?: string; readonly param?: string; readonly max_length?: number };

/** The first of several commands that has a value: '{"operators": ["REQ", {"command": "REQ", "param": "x-user"}]}'. */
export function coalesced(
  argument: string,
  evaluate: (command: FormatCommand) => string | null,
): string | null {
  for (const operator of operatorsOf(argument)) {
    const {
      command = '',
      param,
      max_length,
    } = typeof operator === 'string' ? { command: operator } : operator;
    const value = evaluate({ command, argument: param ?? '' });
    if (value) return value.slice(0, max_length);
  }
  return null;
}

function operatorsOf(argument: string): readonly Operator[] {
  try {
    const { operators } = JSON.parse(argument) as { operators?: readonly Operator[] };
    return Array.isArray(operators) ? operators : [];
  } catch {
    return [];
  }
}
