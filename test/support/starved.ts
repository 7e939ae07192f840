/**
 * Many calls at once in the lab's world, in a process with few files: run by test/sandbox/shortage.test.ts, which reads
 * the exit code and the words of each as JSON.
 */
import { labWorld, names } from '../sandbox/workload/world.ts';

const world = await labWorld();
const pod = await world.pod(names.mesh, 'client');
const target = { namespace: names.mesh, pod, container: 'curl' };
const call = async () => {
  const command = ['curl', '-sS', '-m', '5', '-o', '/dev/null', '-w', '%{http_code}', 'http://catalog/'];
  const { exit, stdout, stderr } = await world.exec(target, command);
  return { exit, stdout, stderr };
};
const many = await Promise.all(Array.from({ length: 40 }, call));
const after = await call();
console.log(JSON.stringify({ many, after }));
await world.close();
process.exit(0);
