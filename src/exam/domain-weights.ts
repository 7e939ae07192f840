/**
 * How much each domain weighs in the exam that ours is practice for, and what a result means by these weights. Points
 * decide whether an exam of ours is passed: how many of a domain are drawn is chance, its weight is not. Pure.
 */
import type { Domain } from '../course/drill-schema.ts';

/**
 * Percent. The Istio Certified Associate has four domains: installation 20, traffic 35, security 25, troubleshooting 20.
 * Ours are parts of the last three, each competency with an equal share of its domain: of traffic's seven, two are
 * egress, three routing and two resilience (5 each); TLS at the edge is one of three of security (8), scope is the
 * configuration's part of troubleshooting (7). These 50 are taken for the whole.
 * Source: github.com/cncf/curriculum, ICA_Curriculum.pdf, of August 2025.
 */
export const WEIGHTS: Readonly<Record<Domain, number>> = {
  routing: 30,
  egress: 20,
  resilience: 20,
  tls: 16,
  scope: 14,
};

export interface DomainPoints {
  readonly domain: Domain;
  readonly points: number;
  readonly of: number;
}

/** One digit after the point, for reading. */
export const percentOf = ({ points, of }: Pick<DomainPoints, 'points' | 'of'>): number =>
  Math.round((1000 * points) / of) / 10;

/** The percent that these domains come to by their weights; those that were not asked count for nothing. Null: none was. */
export function weightedPercent(domains: readonly DomainPoints[]): number | null {
  const all = domains.reduce((sum, { domain }) => sum + WEIGHTS[domain], 0);
  if (all === 0) return null;
  const won = domains.reduce((sum, { domain, points, of }) => sum + (WEIGHTS[domain] * points) / of, 0);
  return Math.round((1000 * won) / all) / 10;
}

/** The domain in which most is lost by weight first. */
export function byLoss<T extends DomainPoints>(domains: readonly T[]): T[] {
  const lost = ({ domain, points, of }: DomainPoints) => WEIGHTS[domain] * (1 - points / of);
  return [...domains].sort((a, b) => lost(b) - lost(a));
}
