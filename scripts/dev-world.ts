/**
 * Brings up a learner's fenced world on a cluster that has Istio, for work on the code:
 *   KUBECONFIG=... npx tsx scripts/dev-world.ts LEARNER [up|health|down]
 * Takes the kubeconfig's current context.
 */
import { KubeConfig } from '@kubernetes/client-node';
import { connect } from '../src/kube/client.ts';
import { bringUpWorld, removeWorld, worldHealth } from '../src/world/bring-up.ts';
import { worldNames } from '../src/world/names.ts';

const [learner, verb = 'up'] = process.argv.slice(2);
const path = process.env.KUBECONFIG;
if (!learner || !path)
  throw new Error('usage: KUBECONFIG=FILE npx tsx scripts/dev-world.ts LEARNER [up|health|down]');

const file = new KubeConfig();
file.loadFromFile(path);
const kube = await connect({ path, context: file.getCurrentContext() });
const names = worldNames(learner);
const start = Date.now();
const since = () => `${((Date.now() - start) / 1000).toFixed(1)} s`.padStart(7);
const progress = {
  stage: (title: string) => console.log(`${since()}  ${title}`),
  line: (text: string) => console.log(`${since()}    ${text}`),
};
const signal = new AbortController().signal;
if (verb === 'up') await bringUpWorld(kube, names, { fenced: true }, progress, signal);
if (verb === 'down') await removeWorld(kube, names, progress, signal);
console.log(`${since()}  ${JSON.stringify(await worldHealth(kube, names))}`);
