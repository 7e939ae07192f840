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
