/**
 * Marks in the page's timeline, for whoever measures how long a first picture takes.
 */

/** Of the first picture of a page: when something was painted for all of it, and when all of its values were. */
export type PictureMark = "unroll-picture" | "unroll-whole";

/** Marks it the first time. */
export function markFirst(name: PictureMark): void {
  if (performance.getEntriesByName(name).length === 0) performance.mark(name);
}
