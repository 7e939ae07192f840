/**
 * Whether a terminal makes an address something to click on (OSC 8). There is no way to ask it, so it is known by what it
 * sets, as the package supports-hyperlinks (v4) knows it. Pure.
 */
import type { Look } from '../theme.ts';

/** The first versions that can. */
const SINCE: Readonly<Record<string, readonly number[]>> = {
  'iTerm.app': [3, 1],
  WezTerm: [20200620],
  vscode: [1, 72],
};
const ALWAYS = new Set(['ghostty', 'zed']);
const TERMS = new Set(['alacritty', 'xterm-kitty', 'xterm-ghostty']);
/** 0.50.0 crashes at a link. */
const VTE_SINCE = 5001;

/** FORCE_HYPERLINK=1 says that it can, FORCE_HYPERLINK=0 that it cannot. */
export function hasHyperlinks(env: NodeJS.ProcessEnv): boolean {
  const { FORCE_HYPERLINK: forced, TERM_PROGRAM: program = '', VTE_VERSION: vte } = env;
  if (forced !== undefined && forced !== '') return Number.parseInt(forced, 10) !== 0;
  if (env.CI !== undefined || env.TEAMCITY_VERSION !== undefined) return false;
  if (env.WT_SESSION !== undefined || env.CURSOR_TRACE_ID !== undefined || ALWAYS.has(program)) return true;
  const since = SINCE[program];
  if (since !== undefined) return isAtLeast(env.TERM_PROGRAM_VERSION ?? '', since);
  if (vte !== undefined) return Number(vte) >= VTE_SINCE;
  return TERMS.has(env.TERM ?? '');
}

/** '1.90.2' and [1, 72]; WezTerm's is '20240203-110809-5046fc22'. */
function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  const at = least.findIndex((each, i) => (parts[i] ?? 0) !== each);
  return version !== '' && (at === -1 || (parts[at] ?? 0) > (least[at] ?? 0));
}

/** Whoever wants no colours wants no links either, and a screen reader would read the addresses out. */
export const withLinks = (look: Look, env: NodeJS.ProcessEnv): Look => ({
  ...look,
  links: look.color && !look.screenReader && hasHyperlinks(env),
});

/** A target is shown to nobody, so only this much is one: https, and no character that could end the sequence. */
const ADDRESS = /^https:\/\/[\x21-\x7e]+$/;

/** The text with the link around it; the text alone where the target is no address. */
export const linked = (text: string, target: string): string =>
  ADDRESS.test(target) ? `\u001b]8;;${target}\u0007${text}\u001b]8;;\u0007` : text;
