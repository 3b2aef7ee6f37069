/** Longest query we send a browser to by ourselves. */
export const LONGEST_BOUNCE = 6_000;
