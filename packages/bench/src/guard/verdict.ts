/** What requests cost, in turns of the calibration loop, by contender and workload: `grantway-standalone W4`. */
export type Costs = Readonly<Record<string, number>>;

/** How much dearer than the baseline a workload may look: noise that is left over on a shared machine. */
export const TOLERANCE = 1.3;

/** Those that cost more than the baseline allows, in words. Empty: nothing has moved. */
export function dearer(now: Costs, baseline: Costs): string[] {
  return Object.entries(now).flatMap(([name, cost]) => {
    const before = baseline[name];
    if (before === undefined) return [`${name} is not in the baseline`];
    if (cost <= before * TOLERANCE) return [];
    return [`${name} costs ${(cost / before).toFixed(2)} times what it did`];
  });
}

/** Those of one workload. */
export function only(id: string, costs: Costs): Costs {
  return Object.fromEntries(Object.entries(costs).filter(([name]) => name.endsWith(` ${id}`)));
}

/** The better of two looks at what was looked at twice. */
export function cheaper(first: Costs, again: Costs): Costs {
  return {
    ...first,
    ...Object.fromEntries(Object.entries(again).map(([name, cost]) => [name, Math.min(cost, first[name] ?? cost)])),
  };
}
