/**
 * The display modes of a run: ours, reference, both, difference; no DOM.
 */

/** The values that the lanes show; `delta` is ours − reference. */
export type Mode = "ours" | "reference" | "sideBySide" | "delta";

export const MODES: readonly Mode[] = ["ours", "reference", "sideBySide", "delta"];

/** Half-open range of steps on screen; fractions while zooming. */
export type StepRange = readonly [start: number, end: number];
