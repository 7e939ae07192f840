/** Source: pkg/config/validation/validation.go (validateLoadBalancer), agent/validation.go (localities). */
import type { LoadBalancerSettings, OutlierDetection } from '../types.ts';
import { durationProblem } from './durations.ts';
import type { ProblemText, Report } from './report.ts';

export function checkLoadBalancer(
  settings: LoadBalancerSettings | undefined,
  outlier: OutlierDetection | undefined,
  report: Report,
): void {
  if (settings === undefined) return;
  if (settings.consistentHash !== undefined) checkConsistentHash(settings.consistentHash, report);
  if (settings.localityLbSetting !== undefined && settings.zoneAwareLbSetting !== undefined) {
    report.error('only one of localityLbSetting and zoneAwareLbSetting can be set');
  }
  checkLocality(settings.localityLbSetting, outlier, report);
  checkZoneAware(settings.zoneAwareLbSetting, outlier, report);
  const warmup = settings.warmup;
  if (warmup === undefined) return;
  report.error(warmup.duration === undefined ? 'duration is required' : durationProblem(warmup.duration));
  if ((warmup.minimumPercent ?? 0) > 100) {
    report.error('minimumPercent value should be less than or equal to 100');
  }
  if (warmup.aggression !== undefined && warmup.aggression <= 0) {
    report.error('aggression should be greater than 0');
  }
}

function checkConsistentHash(
  hash: NonNullable<LoadBalancerSettings['consistentHash']>,
  report: Report,
): void {
  const cookie = hash.httpCookie;
  if (cookie !== undefined && !cookie.name) report.error('name required for HttpCookie');
  const names = new Set<string>();
  for (const { name = '' } of cookie?.attributes ?? []) {
    if (name === '') report.error('cookie attribute name cannot be empty');
    else if (names.has(name)) report.error(`duplicate cookie attribute name: ${name}`);
    names.add(name);
  }
  if ((hash.minimumRingSize ?? 0) !== 0) {
    report.warn(
      "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead",
    );
    if (hash.ringHash !== undefined || hash.maglev !== undefined) {
      report.error('only one of MinimumRingSize or Maglev/Ringhash can be specified');
    }
  }
  if (hash.maglev === undefined) return;
  const size = hash.maglev.tableSize ?? 0;
  if (size === 0) report.error('tableSize must be set for maglev');
  if (size >= 5000011) report.error('tableSize must be less than 5000011 for maglev');
  if (!isPrime(size)) report.error('tableSize must be a prime number for maglev');
}

function isPrime(size: number): boolean {
  if (size !== 0 && size < 4) return true;
  if (size % 2 === 0) return false;
  for (let factor = 3; factor * factor <= size; factor += 2) if (size % factor === 0) return false;
  return true;
}

type Locality = NonNullable<LoadBalancerSettings['localityLbSetting']>;
type ZoneAware = NonNullable<LoadBalancerSettings['zoneAwareLbSetting']>;

const TOPOLOGY = new Set([
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
]);
const NEEDS_OUTLIER = 'outlier detection policy must be provided for failover';

function checkLocality(
  setting: Locality | undefined,
  outlier: OutlierDetection | undefined,
  report: Report,
): void {
  if (setting === undefined) return;
  const { distribute = [], failover = [], failoverPriority = [] } = setting;
  if (distribute.length > 0 && failover.length > 0) {
    report.error("can not simultaneously specify 'distribute' and 'failover'");
    return;
  }
  const topology = failoverPriority.find(label => TOPOLOGY.has(label));
  if (failover.length > 0 && topology !== undefined) {
    report.error(
      `can not simultaneously set 'failover' and topology label '${topology}' in 'failover_priority'`,
    );
    return;
  }
  for (const { to = {} } of distribute) {
    const weights = Object.values(to);
    const problem = weightsProblem(weights);
    if (problem !== null) {
      report.error(problem);
      return;
    }
    report.error(localitiesProblem(Object.keys(to)));
  }
  report.error(localitiesProblem(distribute.map(one => one.from ?? '')));
  if (failover.length + failoverPriority.length > 0 && outlier === undefined) report.warn(NEEDS_OUTLIER);
  checkFailover(failover, 'locality lb failover', 'locality lb failover only specify region', report);
}

function checkZoneAware(
  setting: ZoneAware | undefined,
  outlier: OutlierDetection | undefined,
  report: Report,
): void {
  if (setting === undefined) return;
  const { failover = [], failoverPriority = [] } = setting;
  for (const label of failoverPriority.filter(one => TOPOLOGY.has(one))) {
    report.error(
      `'failover_priority' for zone aware lb must not use topology label '${label}'; region- and zone-level routing are handled automatically`,
    );
  }
  if (failover.length + failoverPriority.length > 0 && outlier === undefined) report.warn(NEEDS_OUTLIER);
  const onlyRegion =
    'zone aware lb failover only specifies region; zone and subzone failover are handled automatically';
  checkFailover(failover, 'zone aware lb failover', onlyRegion, report);
}

function checkFailover(
  failover: readonly { from?: string; to?: string }[],
  whose: string,
  onlyRegion: string,
  report: Report,
): void {
  for (const { from = '', to = '' } of failover) {
    const both = from + to;
    if (from === to) report.error(`${whose} settings must specify different regions`);
    if (both.includes('/')) report.error(onlyRegion);
    if (both.includes('*')) report.error(`${whose} region should not contain '*' wildcard`);
  }
}

function weightsProblem(weights: readonly number[]): ProblemText {
  if (weights.some(weight => weight <= 0 || weight > 100)) return 'locality weight must be in range [1, 100]';
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 100 ? null : `total locality weight ${total} != 100`;
}

/** Each is region, region/zone or region/zone/subzone; none may be inside another. */
function localitiesProblem(localities: readonly string[]): ProblemText {
  const seen: string[][] = [];
  for (const locality of localities) {
    const stars = locality.split('*').length - 1;
    if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) {
      return `locality ${locality} wildcard '*' number can not exceed 1 and must be in the end`;
    }
    const overlap = `locality ${locality} overlap with previous specified ones`;
    if (seen.some(([region]) => region === '*')) return overlap;
    const [region = '', zone, ...rest] = locality.split('/');
    const parts = [region, zone, rest.length > 0 ? rest.join('/') : undefined].filter(p => p !== undefined);
    if (parts.includes('')) return `locality ${locality} must not contain empty region/zone/subzone info`;
    if (seen.some(other => overlaps(other, parts))) return overlap;
    seen.push(parts);
  }
  return null;
}

/** A region or zone stands for everything in it, with or without a final '*'. */
function overlaps(before: readonly string[], now: readonly string[]): boolean {
  if (now.length === 1) return before[0] === now[0];
  for (let i = 0; i < now.length; i++) {
    if (before[i] === undefined) return true;
    if (before[i] === '*' && i > 0) return true;
    if (before[i] !== now[i]) return false;
  }
  return true;
}
