/** Kubernetes' quantities: '500m', '1.5', '64Mi'. Source: apimachinery/pkg/api/resource/quantity.go. Pure. */

export const QUANTITY_SYNTAX =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const SUFFIXES: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Null: not a quantity. */
export function quantity(text: unknown): number | null {
  const [, digits = '', suffix = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))([a-zA-Z]*|[eE][+-]?\d+)$/.exec(String(text)) ?? [];
  if (digits === '') return null;
  if (Object.hasOwn(SUFFIXES, suffix)) return Number(digits) * (SUFFIXES[suffix] ?? 1);
  return /^[eE]/.test(suffix) && suffix.length > 1 ? Number(`${digits}${suffix}`) || 0 : null;
}

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** As Kubernetes prints it, with the largest suffix that leaves a whole number: '1000m' is '1', '2048Mi' is '2Gi'. */
export function canonical(text: string): string {
  const value = quantity(text);
  if (value === null || value === 0) return value === 0 ? '0' : text;
  const isBinary = text.endsWith('i') && Math.abs(value) >= 1024 && Number.isInteger(value);
  const [suffixes, base] = isBinary ? [BINARY, 1024] : [DECIMAL, 1000];
  let left = isBinary ? value : Math.round(value * 1e9);
  let at = 0;
  while (left % base === 0 && at < suffixes.length - 1) {
    left /= base;
    at += 1;
  }
  return `${left}${suffixes[at]}`;
}
