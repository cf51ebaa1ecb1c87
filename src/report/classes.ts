/**
 * What logits say in words: the likeliest class of each row, or of each step, and its share.
 */
import { percentOf } from "../core/numeric";
import { foreign, text } from "../core/text";
import { classText, likeliestOf, shareOf } from "../drawing/run/classes";
import type { LaneInfo } from "../protocol/run/messages";
import type { Side } from "../protocol/run/windowMessages";
import { escaped, table } from "./html";
import type { ReportContext } from "./context";

/** More lines are not read. */
const MOST_LINES = 40;

/** Where logits lie: in a row of the batch, at a step. */
interface Place {
  readonly batch: number;
  readonly step: number;
}

/** Nothing of a run without logits, or with one alone, which softmax says nothing of. */
export function classTable(context: ReportContext): string {
  const { view, say } = context;
  const lane = view.lanes.find(({ id }) => id === "logits");
  if (lane === undefined || lane.units < 2) return "";
  const isFinal = lane.isFinal === true;
  const sides: readonly Side[] = lane.reference === "full" ? ["ours", "reference"] : ["ours"];
  const rows = placesOf(context, isFinal).map((place) => [
    String(isFinal ? place.batch : place.step),
    ...sides.map((side) => escaped(likeliestText(context, lane, side, place))),
  ]);
  const heading = [
    isFinal ? text("batch") : foreign("t"),
    text("likeliest class, softmax"),
    ...(sides.length > 1 ? [text("of the reference")] : []),
  ];
  const caption = isFinal
    ? text("What the logits say")
    : text("What the logits say, batch {0}", context.batch);
  return table(say(caption), heading.map(say), rows);
}

/** The rows of the batch where each has logits of one step; else the steps of the row that the pictures show. */
function placesOf({ view, batch }: ReportContext, isFinal: boolean): Place[] {
  const count = isFinal ? view.batchSize : (view.lengths?.[batch] ?? view.seqLength);
  return Array.from({ length: Math.min(count, MOST_LINES) }, (_, index) =>
    isFinal ? { batch: index, step: 0 } : { batch, step: index },
  );
}

function likeliestText(
  { view, values }: ReportContext,
  lane: LaneInfo,
  side: Side,
  { batch, step }: Place,
): string {
  const { values: logits } = values.window({
    ...{ lane: lane.id, stateName: "h", side, batch, stepStart: step, stepEnd: step + 1 },
    ...{ unitStart: 0, unitEnd: lane.units, maxColumns: 1, maxRows: lane.units },
  });
  const likeliest = likeliestOf(logits);
  if (likeliest === null) return "NaN";
  const share = percentOf(shareOf(logits, likeliest), 1);
  return `${classText(view.surrounding, likeliest)} · ${share}`;
}
