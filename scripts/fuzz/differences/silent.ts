/** Fields that differ and that no call can tell, each with its reason. A path is one of raw.ts's differingPaths. */
const SILENT: readonly { readonly path: RegExp; readonly reason: string }[] = [
  {
    path: /\.(dns_\w+|respect_dns_ttl|typed_dns_resolver_config)$/,
    reason: 'how soon a name is asked for again, and by what; its servers are compared',
  },
];

export const isSilent = (path: string): boolean => SILENT.some(each => each.path.test(path));
