/**
 * What is said of an error over time, in a page and in a report; no DOM.
 */
import { text, type Text } from "../../../core/text";
import type { ErrorOverTime } from "../../../diagnosis/answer";
import { significant } from "../../base/exactNumber";

export interface OverTimeTexts {
  readonly title: Text;
  readonly what: Text;
  /** Of the drawing, for assistive technology. */
  readonly name: Text;
  readonly before: Text;
  /** null for values that no run gives. */
  readonly after: Text | null;
}

/** The words of an error over time. */
export function overTimeTexts({ before, after, where }: ErrorOverTime): OverTimeTexts {
  return {
    title: after === null ? text("Error over time") : text("Error over time, before and after"),
    what:
      where === null
        ? text("max |Δ| of output over all rows and units")
        : text("max |Δ| of output over all units, {0}", where),
    name: text("The error at each step before and after, on a logarithmic scale"),
    before: text("before: the run as it is, up to {0}", largestText(before.most)),
    after:
      after === null ? null : text("after: under the finding, up to {0}", largestText(after.most)),
  };
}

/** The largest known value of a curve. */
export function largestText(values: Float32Array): string {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0
    ? "NaN"
    : significant(
        known.reduce((a, b) => Math.max(a, b)),
        2,
      );
}
