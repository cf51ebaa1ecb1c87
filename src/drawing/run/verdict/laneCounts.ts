/**
 * How many values of a lane are outside tolerance, and over which batch rows they are counted; no DOM.
 */
import { grouped } from "../../../core/numeric";
import { foreign, text, type Text } from "../../../core/text";
import type { LaneInfo } from "../../../protocol/run/messages";

export interface LaneCounts {
  /** In the row of the batch that is shown; null where rows are not counted one by one, or there is only one. */
  readonly row: number | null;
  /** In all rows. */
  readonly all: number;
  readonly total: number;
  readonly hasManyRows: boolean;
}

/** The counts of a lane beside the row of the batch that is shown. */
export function countsOf(
  { outside, outsideOfRow, total }: Pick<LaneInfo, "outside" | "outsideOfRow" | "total">,
  batch: number,
  batchSize: number,
): LaneCounts {
  return {
    row: outsideOfRow?.[batch] ?? null,
    all: outside,
    total,
    hasManyRows: batchSize > 1,
  };
}

/** What is said of a lane without a value outside: of a chaotic one, that its steps follow, since its values do not agree. */
export function withinText({ byStep }: Pick<LaneInfo, "byStep">): Text {
  if (byStep === undefined) return text("✓ within tolerance");
  switch (byStep) {
    case "all":
      return text("✓ follows step by step");
    case "some":
      return text("✓ as far as judged");
    case "none":
      return text("cannot be judged");
  }
}

/** What a lane says of h_n or c_n that is off: with the number of its values, and where that would be cut. */
export function finalTexts(
  name: string,
  outside: number,
  batchSize: number,
): readonly [whole: Text, short: Text] {
  const count = grouped(outside);
  // The picture beside it shows one row.
  const whole =
    batchSize > 1 ? text("✗ {0}, all rows: {1}", name, count) : foreign(`✗ ${name} ${count}`);
  return [whole, foreign(`✗ ${name}`)];
}

/** Height of a line of a lane's label, CSS pixels. */
const LINE_HEIGHT = 16;

/**
 * Which lines of a label there is room for beside its name, in their order: those that come first in `urgent` stay
 * longest.
 */
export function fittingLines<Line>(
  lines: readonly Line[],
  urgent: readonly Line[],
  height: number,
): readonly Line[] {
  const room = Math.max(0, Math.floor((height + 2) / LINE_HEIGHT) - 1);
  const order = [...urgent, ...lines.filter((line) => !urgent.includes(line))];
  const kept = new Set(order.slice(0, room));
  return lines.filter((line) => kept.has(line));
}
