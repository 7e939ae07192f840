/** Which ServiceEntry registers a host. Pure. */

/** Null where there is none, and where there are several: then it cannot be told which one counts. */
export function soleEntry<Entry extends object>(entries: readonly Entry[], host: string): Entry | null {
  const [first, ...more] = entries.filter(each =>
    ((each as { readonly spec?: { readonly hosts?: readonly string[] } }).spec?.hosts ?? []).includes(host),
  );
  return first === undefined || more.length > 0 ? null : first;
}
