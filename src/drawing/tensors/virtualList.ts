/**
 * Long lists: which items are rendered at a scroll position. No DOM.
 *
 * Browsers bound the height of an element, so that a list of a hundred million rows is scrolled in proportion: its
 * element is `MAX_PIXELS` long and a pixel stands for many rows.
 */

/** Chromium stops at 2^25 device pixels; this stays below at a zoom of 200 %. */
export const MAX_PIXELS = 12_000_000;

/** Items drawn beyond the edges, so that scrolling shows them at once. */
const OVERSCAN = 4;

export interface ListGeometry {
  readonly count: number;
  /** CSS pixels of one item. */
  readonly item: number;
  /** CSS pixels of what is on screen. */
  readonly viewport: number;
}

export interface ListWindow {
  /** Half-open range of the items to draw. */
  readonly start: number;
  readonly end: number;
  /** Where the first of them is drawn, from the top of the content. */
  readonly offset: number;
}

/** Length of the content's element. */
export function contentLength({ count, item }: ListGeometry): number {
  return Math.min(MAX_PIXELS, count * item);
}

/** True when a pixel of scrolling is more than a pixel of the list. */
export function isCompressed({ count, item }: ListGeometry): boolean {
  return count * item > MAX_PIXELS;
}

/** Item, with its fraction, at the top of the screen. */
export function topItem(list: ListGeometry, scroll: number): number {
  const { count, item, viewport } = list;
  if (!isCompressed(list)) return scroll / item;
  const range = Math.max(1, contentLength(list) - viewport);
  return (Math.min(scroll, range) / range) * Math.max(0, count - viewport / item);
}

/** Scroll position that brings an item to the top. */
export function scrollOf(list: ListGeometry, top: number): number {
  const { count, item, viewport } = list;
  if (!isCompressed(list)) return top * item;
  const range = Math.max(1, contentLength(list) - viewport);
  return (top / Math.max(1, count - viewport / item)) * range;
}

/** The items to draw at a scroll position. */
export function listWindow(list: ListGeometry, scroll: number): ListWindow {
  const { count, item, viewport } = list;
  const top = topItem(list, scroll);
  const first = Math.max(0, Math.floor(top) - OVERSCAN);
  const end = Math.min(count, Math.ceil(top + viewport / item) + OVERSCAN);
  const offset = isCompressed(list) ? scroll - (top - first) * item : first * item;
  return { start: Math.min(first, end), end, offset };
}

/** Scroll position that shows an item wholly, moving as little as needed; `lead` pixels above are covered. */
export function revealItem(list: ListGeometry, scroll: number, index: number): number {
  const { item, viewport } = list;
  const top = topItem(list, scroll);
  const shown = viewport / item;
  if (index < top) return scrollOf(list, index);
  return index + 1 > top + shown ? scrollOf(list, index + 1 - shown) : scroll;
}
