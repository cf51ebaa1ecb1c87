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
    // Without an after there is no before.
    before: after === null ? differenceText(before.most) : beforeText(before.most),
    after:
      after === null ? null : text("after: under the finding, up to {0}", largestText(after.most)),
  };
}

function beforeText(values: Float32Array): Text {
  return isKnown(values)
    ? text("before: the run as it is, up to {0}", largestText(values))
    : text("before: the run as it is, not a number");
}

/** What the whole difference of a lane is, wherever it was made. */
export function differenceText(values: Float32Array): Text {
  return isKnown(values)
    ? text("difference: |ours − reference|, up to {0}", largestText(values))
    : text("difference: |ours − reference| is not a number");
}

/** What a step makes of it; `below` is the layer whose steps are not known, null where they are. */
export function madeText(values: Float32Array, below: number | null): Text {
  const largest = largestText(values);
  return below === null
    ? text("made here: the reference’s own step, up to {0}", largest)
    : text(
        "made here or below: the steps of layer {0} are not in the reference; up to {1}",
        below,
        largest,
      );
}

function isKnown(values: Float32Array): boolean {
  return values.some((value) => !Number.isNaN(value));
}

/** The largest known value of a curve; of none it is 0. */
function largestText(values: Float32Array): string {
  const known = values.filter((value) => !Number.isNaN(value));
  return significant(
    known.reduce((a, b) => Math.max(a, b), 0),
    2,
  );
}
