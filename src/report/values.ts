/**
 * The numbers of the pictures as tables, for runs that are small enough to be read.
 */
import { grouped } from "../core/numeric";
import { text } from "../core/text";
import { formatLaneValue } from "../drawing/base/numbers";
import { laneContent, laneName } from "../drawing/picture/names";
import type { LaneInfo } from "../protocol/run/messages";
import type { WindowData } from "../protocol/run/windowMessages";
import { escaped, table } from "./html";
import type { ReportContext } from "./context";

/** More numbers than this are not read, and make the file large. */
const MAX_VALUES = 6_000;

/** A table for each lane behind a heading that opens it; a sentence where there are too many numbers. */
export function valueTables(context: ReportContext): string {
  const { view, say } = context;
  const steps = view.seqLength;
  const count = view.lanes.reduce((sum, { units }) => sum + units * steps, 0);
  if (count > MAX_VALUES) {
    const sentence = text(
      "{0} values are too many for tables; the pictures show all of them.",
      grouped(count),
    );
    return `<p class="quiet">${escaped(say(sentence))}</p>`;
  }
  const tables = view.lanes.map((lane) => laneTable(context, lane));
  return `<div class="values">${tables.join("\n")}</div>`;
}

function laneTable({ view, values, batch, say }: ReportContext, lane: LaneInfo): string {
  // Logits of one step are a lane of one column.
  const steps = lane.isFinal === true ? 1 : view.seqLength;
  const data = values.window({
    lane: lane.id,
    stateName: "h",
    side: "ours",
    batch,
    stepStart: 0,
    stepEnd: steps,
    unitStart: 0,
    unitEnd: lane.units,
    maxColumns: steps,
    maxRows: lane.units,
  });
  const name = say(text("{0}: {1}", laneName(lane), laneContent(lane, view, "h")));
  const columns = Array.from({ length: steps }, (_, step) => `t ${step}`);
  const heading = [say(text("unit")), ...columns];
  const rows = Array.from({ length: data.rows }, (_, row) => rowOf(lane, data, row));
  const content = table(name, heading, rows);
  return `<details><summary>${escaped(name)}</summary>${content}</details>`;
}

/** Padding has no values. */
function rowOf(lane: LaneInfo, { columns, values, valid }: WindowData, row: number): string[] {
  const from = row * columns;
  const cells = Array.from(values.subarray(from, from + columns), (value, column) =>
    valid[from + column] === 0 ? "·" : escaped(formatLaneValue(lane, value)),
  );
  return [String(row), ...cells];
}
