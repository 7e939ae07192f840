/** Whether labels contain all of a selector; an empty one selects everything (pkg/config/labels, Instance.SubsetOf). */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
