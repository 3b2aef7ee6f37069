/**
 * Race or replay? A second redemption that was already on its way when the first committed is a race and revokes nothing;
 * one that set out later is a replay (design section 4.2). The wire hides up to this much of "already on its way".
 */
export const RACE_TOLERANCE_MS = 800;

/**
 * @param spentAgo milliseconds since the artifact was spent, by the database's clock
 * @param inFlightFor milliseconds since this request arrived at the door
 */
export function isRace(spentAgo: number, inFlightFor: number): boolean {
  return spentAgo <= inFlightFor + RACE_TOLERANCE_MS;
}
