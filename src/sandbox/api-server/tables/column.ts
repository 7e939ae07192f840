/** What the columns of all kinds are made of. */
import { age } from '../duration.ts';
import type { StoredObject } from '../store.ts';
import { at, list, text } from './fields.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  /** 1: only with -o wide. */
  readonly priority?: number;
  readonly cell: (object: StoredObject, now: number) => unknown;
}

export type Cell = Column['cell'];

export const column = (name: string, cell: Cell, priority = 0, type = 'string'): Column => ({
  name,
  type,
  priority,
  cell,
});
export const wide = (name: string, cell: Cell): Column => column(name, cell, 1);

export const NAME: Column = { ...column('Name', ({ metadata }) => metadata.name), format: 'name' };
export const AGE = column('Age', ({ metadata }, now) => age(metadata.creationTimestamp, now));

export const none = (value: string) => (value === '' ? '<none>' : value);

export const pairs = (map: unknown) =>
  Object.entries((map as Record<string, string>) ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** Names or images; `template` is where the pods' template is. */
export const containers =
  (template: string, field: string): Cell =>
  object =>
    list(object, `${template}.spec.containers`)
      .map(each => text(each, field))
      .join(',');

export const selector =
  (field: string): Cell =>
  object =>
    none(pairs(at(object, `${field}.matchLabels`)));
