/**
 * The host names in the URLs of a call, as far as they are plain names: curl is told which of them the pod cannot
 * resolve. A host written in any unusual way is left out, and then the door answers for it.
 */

/** ASCII labels, of which the last is not a number: curl reads 0x7f.1, 127.1 and 2130706433 as addresses. */
const NAME =
  /^(?=[\x21-\x7e]+$)(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*(?!\d+$|0x[0-9a-f]*$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/;
/** More hosts than anybody writes by hand; a range of a million is not expanded. */
const MOST = 1000;

/** The plain host names in a URL, in lower case; {a,b} and [1-3] are expanded unless `globoff`. */
export function hostNames(url: string, globoff = false): string[] {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  const hosts = globoff ? [host] : globbed(host);
  return hosts
    .map(each => each.toLowerCase())
    .filter(each => NAME.test(each) && !/(^|\.)localhost\.?$/.test(each));
}

function globbed(text: string): string[] {
  const found = /\{([^{}]*)\}|\[([^[\]]*)\]/.exec(text);
  if (found === null) return [text];
  const head = text.slice(0, found.index);
  const tails = globbed(text.slice(found.index + found[0].length));
  const middle = found[1] !== undefined ? found[1].split(',') : range(found[2] ?? '');
  const all: string[] = [];
  for (const one of middle) {
    for (const tail of tails) {
      if (all.length === MOST) return all;
      all.push(head + one + tail);
    }
  }
  return all;
}

/** [1-100], [001-100], [a-z], [0-10:2] */
function range(text: string): string[] {
  const [, from, to, by] = /^([a-z]|\d+)-([a-z]|\d+)(?::(\d+))?$/i.exec(text) ?? [];
  if (from === undefined || to === undefined) return [];
  const numbers = /^\d/.test(from) && /^\d/.test(to);
  if (!numbers && (/^\d/.test(from) || /^\d/.test(to))) return [];
  const [first, last] = numbers ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  const values: string[] = [];
  for (let at = first; at <= last && values.length < MOST; at += Math.max(1, Number(by ?? 1))) {
    const padded = from.startsWith('0') ? String(at).padStart(from.length, '0') : String(at);
    values.push(numbers ? padded : String.fromCharCode(at));
  }
  return values;
}
