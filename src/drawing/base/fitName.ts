/** A title with a foreign name in it, on a line of limited width. */
import { cut, visible } from "../../core/text";

/** A title with `name` in its place, the name alone where nothing stands around it, and how wide such a title is drawn. */
export interface Title {
  readonly around?: (name: string) => string;
  /** In the units of the line's width. */
  readonly measure: (title: string) => number;
}

/** The title with as much of the name as the line has room for: its beginning and its end, `…` between them. */
export function titleWithin(
  width: number,
  name: string,
  { around = (part) => part, measure }: Title,
): string {
  const shown = visible(name);
  const fits = (longest: number): boolean => measure(around(cut(shown, longest))) <= width;
  if (fits(shown.length)) return around(shown);
  // A cut that is longer is wider, but for single letters: halving finds one that fits.
  let [least, most] = [1, shown.length];
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return around(cut(shown, least));
}
