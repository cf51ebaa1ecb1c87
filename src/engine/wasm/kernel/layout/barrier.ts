/** Words of a barrier, 4 bytes each, all 0 before the tasks that share it are run. It has a cache line to itself. */

/** Arrivals, those of all rounds together. */
export const arrived = 0;
/** Rounds for which all have arrived; threads sleep on it. */
export const rounds = 4;
export const sleepers = 8;
