/** How wide plain text is where it is wrapped. */

interface Where {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Of a terminal its width; of a pipe COLUMNS, as other tools take it, else what every terminal has. */
export function plainColumns(to: Where = ours(), env: NodeJS.ProcessEnv = process.env): number {
  if (to.isTTY && to.columns) return to.columns;
  const asked = Number(env.COLUMNS);
  return Number.isInteger(asked) && asked >= NARROWEST ? asked : USUAL;
}

const ours = (): Where => ({ isTTY: process.stdout.isTTY, columns: process.stdout.columns });

const USUAL = 80;
const NARROWEST = 20;
