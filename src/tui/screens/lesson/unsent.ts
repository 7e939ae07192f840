/** A call to be read: an address that only a cluster knows is a gap to fill in, as in any manual. */
export const unsent = (curl: readonly string[]) => curl.map(arg => arg.replace(/\{\{(\w+)\}\}/g, '<$1>'));
