/** Objects in the form of an answer: whole, as rows of a table, or only their metadata; in the path's version. */
import type { Resource } from '../../istio/resource.ts';
import { eventV1, isEventV1 } from './events-v1.ts';
import { groupVersion, type ServedKind } from './kinds.ts';
import type { ListMetadata } from './list.ts';
import type { Form } from './media.ts';
import type { StoredObject } from './store.ts';
import type { Column } from './tables/column.ts';
import { columnsOf } from './tables/columns.ts';

export interface Presentation {
  readonly form: Form;
  readonly kind: ServedKind;
  readonly version: string;
  readonly now: number;
  /** What a table's row includes of its object: Metadata if left out. */
  readonly includeObject?: string;
}

/** A single object. */
export function presentOne(object: StoredObject, to: Presentation): object {
  if (to.form === 'table') return table([object], to, versionOf(object), true);
  return to.form === 'metadata' ? onlyMetadata(object) : spoken(object, to);
}

export function presentList(
  objects: readonly StoredObject[],
  to: Presentation,
  metadata: ListMetadata,
): object {
  if (to.form === 'table') return table(objects, to, metadata, true);
  const { kind, version } = to;
  if (to.form === 'metadata') {
    const items = objects.map(onlyMetadata);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  // A list of a built-in kind names the kind once; custom resources each carry it.
  const items = objects.map(object => {
    const whole = spoken(object, to);
    if (!kind.builtIn) return whole;
    const { apiVersion: _, kind: __, ...rest } = whole;
    return rest;
  });
  return { kind: `${kind.kind}List`, apiVersion: groupVersion(kind.group, version), metadata, items };
}

/** An event's object in a watch; only the first table of a stream has columns. */
export function presentEvent(object: StoredObject, to: Presentation, first: boolean): object {
  return to.form === 'table' ? table([object], to, versionOf(object), first) : presentOne(object, to);
}

export function spoken(
  object: StoredObject,
  { kind, version }: Pick<Presentation, 'kind' | 'version'>,
): Resource {
  const own = isEventV1(kind) ? eventV1(object) : object;
  return { ...own, kind: kind.kind, apiVersion: groupVersion(kind.group, version) };
}

function onlyMetadata({ metadata }: StoredObject) {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function versionOf({ metadata: { resourceVersion } }: StoredObject): ListMetadata {
  return { resourceVersion };
}

/** A table of what is not stored by itself. */
export function tableOf(columns: readonly Column[], objects: readonly StoredObject[], to: Presentation) {
  return rows(columns, objects, to, versionOf(objects[0] as StoredObject), true);
}

function table(objects: readonly StoredObject[], to: Presentation, metadata: ListMetadata, header: boolean) {
  return rows(columnsOf(to.kind), objects, to, metadata, header);
}

function rows(
  columns: readonly Column[],
  objects: readonly StoredObject[],
  to: Presentation,
  metadata: ListMetadata,
  header: boolean,
) {
  const carried = (object: StoredObject) => {
    if (to.includeObject === 'None') return {};
    return { object: to.includeObject === 'Object' ? spoken(object, to) : onlyMetadata(object) };
  };
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: header
      ? columns.map(({ name, type, format = '', priority = 0 }) => ({
          name,
          type,
          format,
          description: '',
          priority,
        }))
      : null,
    rows: objects.map(object => ({
      cells: columns.map(({ cell }) => cell(object, to.now)),
      ...carried(object),
    })),
  };
}
