import type { Outcome } from './load/outcomes.js';
import type { Claim } from './trial.js';

/** What a recipe came to. */
export interface Report {
  readonly recipe: number;
  readonly title: string;
  readonly seed: number;
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Answers at the balancer, by HTTP status. */
  readonly requests: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly byStep: Readonly<Record<string, Readonly<Record<Outcome, number>>>>;
  readonly claims: readonly Claim[];
  readonly notes: readonly string[];
}

export function isHeld({ claims }: Report): boolean {
  return claims.every(({ held }) => held);
}

const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, count]) => `${name} ${count}`)
    .join(' · ');

/** The same for a person. */
export function linesOf(report: Report): string[] {
  const { recipe, title, seed, seconds, faults, requests, outcomes, byStep, claims, notes } = report;
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const injected = Object.entries(faults).map(([what, times]) => `${times} × ${what}`);
  const held = claims.filter((claim) => claim.held).map(({ invariant, detail }) => `${invariant} ${detail}`);
  const broken = claims.filter((claim) => !claim.held).map(({ invariant, detail }) => `${invariant} ${detail}`);
  const failed = Object.entries(byStep)
    .filter(([, { ok, ...others }]) => Object.values(others).some((count) => count > 0))
    .map(
      ([step, { ok: _, ...others }]) =>
        `${step}: ${counts(Object.fromEntries(Object.entries(others).filter(([, n]) => n > 0)))}`,
    );
  return [
    `${recipe}  ${title}   (seed ${seed}, ${seconds} s)`,
    ...listed('faults', injected.length > 0 ? [injected.join(', ')] : ['none']),
    ...listed('requests', [`${total} at the balancer: ${counts(requests)}`]),
    ...listed('steps', [counts(outcomes)]),
    ...listed('not ok', failed),
    ...listed('noted', notes),
    ...listed('held', held),
    ...listed('BROKEN', broken),
  ];
}

function listed(head: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `   ${(at === 0 ? head : '').padEnd(9)} ${line}`);
}
