/**
 * Race or replay? A second redemption that was already on its way when the first committed is a race and revokes nothing;
 * one that set out later is a replay (design section 4.2). The wire hides up to this much of "already on its way".
 */
export const RACE_TOLERANCE_MS = 800;

/**
 * @param spentAgo milliseconds since the artifact was spent, by the database's clock
 * @param arrivedAt when this request reached the door, in milliseconds since the epoch; whatever it waited for since, the bus or
 *   a row that others had locked, it was in flight
 */
export function isRace(spentAgo: number, arrivedAt: number, now = Date.now()): boolean {
  return spentAgo <= Math.max(0, now - arrivedAt) + RACE_TOLERANCE_MS;
}
