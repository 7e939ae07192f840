/** A pod's READY, STATUS and RESTARTS. Source: printPod in kubernetes/pkg/printers/internalversion/printers.go */
import { age } from '../duration.ts';
import type { StoredObject } from '../store.ts';
import { at, list, number, text } from './fields.ts';

export function podCells(pod: StoredObject, now: number): readonly [string, string, string] {
  const inits = list(pod, 'spec.initContainers');
  const sidecars = new Set(
    inits.filter(each => text(each, 'restartPolicy') === 'Always').map(each => text(each, 'name')),
  );
  const isSidecar = (status: unknown) => sidecars.has(text(status, 'name'));
  const initStatuses = list(pod, 'status.initContainerStatuses');
  const statuses = list(pod, 'status.containerStatuses');

  let reason = text(pod, 'status.reason') || text(pod, 'status.phase');
  let ready = initStatuses.filter(each => isSidecar(each) && at(each, 'started') && at(each, 'ready')).length;
  let counted = initStatuses;
  const waitingFor = initStatuses.findIndex(each => !isDone(each, isSidecar(each)));
  if (waitingFor >= 0) reason = initReason(initStatuses[waitingFor], waitingFor, inits.length);
  if (waitingFor < 0 || hasCondition(pod, 'Initialized')) {
    counted = [...initStatuses.filter(isSidecar), ...statuses];
    const running = statuses.filter(each => at(each, 'ready') && at(each, 'state.running'));
    ready += running.length;
    for (const status of [...statuses].reverse()) reason = stateReason(status) ?? reason;
    if (reason === 'Completed' && running.length > 0)
      reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  const phase = text(pod, 'status.phase');
  const ended = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp !== undefined && !ended) reason = 'Terminating';
  const total = list(pod, 'spec.containers').length + sidecars.size;
  return [`${ready}/${total}`, reason, restarts(counted, now)];
}

function isDone(status: unknown, sidecar: boolean): boolean {
  const exit = at(status, 'state.terminated.exitCode');
  return exit === 0 || (sidecar && at(status, 'started') === true);
}

function initReason(status: unknown, index: number, total: number): string {
  if (at(status, 'state.terminated')) return `Init:${ended(status)}`;
  const waiting = text(status, 'state.waiting.reason');
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function stateReason(status: unknown): string | undefined {
  const waiting = text(status, 'state.waiting.reason');
  if (waiting !== '') return waiting;
  return at(status, 'state.terminated') ? ended(status) : undefined;
}

function ended(status: unknown): string {
  const reason = text(status, 'state.terminated.reason');
  if (reason !== '') return reason;
  const signal = number(status, 'state.terminated.signal');
  return signal === 0 ? `ExitCode:${number(status, 'state.terminated.exitCode')}` : `Signal:${signal}`;
}

function hasCondition(pod: StoredObject, type: string): boolean {
  return list(pod, 'status.conditions').some(
    each => text(each, 'type') === type && text(each, 'status') === 'True',
  );
}

function restarts(statuses: readonly unknown[], now: number): string {
  const count = statuses.reduce<number>((sum, each) => sum + number(each, 'restartCount'), 0);
  const times = statuses.map(each => text(each, 'lastState.terminated.finishedAt')).sort();
  const last = times.at(-1) ?? '';
  return count === 0 || last === '' ? String(count) : `${count} (${age(last, now)} ago)`;
}
