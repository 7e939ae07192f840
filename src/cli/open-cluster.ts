/** From a command's global options to the cluster it works on. Loads the providers, so: inside actions only. */
import { type ChooseOptions, chooseCluster } from '../cluster/choose.ts';
import { askYes } from './ask.ts';
import type { GlobalOptions } from './globals.ts';

/** The cluster and the world's names. Questions are asked on a terminal; elsewhere they become errors. */
export function openCluster(
  options: GlobalOptions,
  more: Pick<ChooseOptions, 'nodeImage' | 'istioFile' | 'yes'> = {},
) {
  const { on, name, learner, prefix, state } = options;
  const choice: ChooseOptions = { ...more };
  if (on !== undefined) choice.on = on;
  if (name !== undefined) choice.name = name;
  if (learner !== undefined) choice.learner = learner;
  if (prefix !== undefined) choice.prefix = prefix;
  if (state !== undefined) choice.stateDir = state;
  if (process.stdin.isTTY && process.stderr.isTTY) choice.ask = askYes;
  return chooseCluster(choice);
}
