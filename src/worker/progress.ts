/**
 * How often workers tell progress.
 */
import type { Pace } from "../core/throttle";

/** Of a run: from the start, so that something is seen to happen. */
export const RUN_PACE: Pace = { quietMs: 0, intervalMs: 50 };

/** Of work on what is open: most of it is an answer, and no progress is shown before it. */
export const WORK_PACE: Pace = { quietMs: 200, intervalMs: 50 };
