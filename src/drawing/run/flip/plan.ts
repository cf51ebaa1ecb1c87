/**
 * What the flip picture shows in the room it has: its columns and rows, where they go, and the values they need; no DOM.
 */
import type { RunView } from "../../../protocol/run/messages";
import type { WindowData, WindowRequest } from "../../../protocol/run/windowMessages";
import type { Mode } from "../modes";
import type { StripPart } from "./boxes";
import { columnsThatFit, layoutFlip, rowsThatFit, type FlipLayout } from "./layout";
import { reverseOrder, type ReverseOrder } from "./reverseOrder";
import { mirrored, shownSteps, stepRuns, type StripColumn } from "./strips";
import {
  ownSegments,
  rowCount,
  segmentsOf,
  type RowSegment,
  type Segments,
  type ValuePiece,
} from "./values";
import { sequenceLength } from "../sequenceLength";

export type StripValues = StripPart["values"];

export interface Strips {
  readonly columns: readonly StripColumn[];
  readonly segments: Segments;
  readonly order: ReverseOrder;
  readonly pieces: Readonly<Record<StripValues, readonly ValuePiece[]>>;
  readonly layout: FlipLayout;
}

/** What the picture has to fit into, CSS pixels. */
export interface FlipRoom {
  readonly width: number;
  readonly height: number;
}

/** A layer of a row of the batch, and the step that is shown in any case. */
export interface FlipPlace {
  readonly layer: number;
  readonly batch: number;
  readonly step: number;
  /** What the diagnosis found in the reference. */
  readonly mistake?: string;
}

/** Values of a window of h; undefined while they are fetched. */
export type ReadWindow = (request: WindowRequest) => WindowData | undefined;

/** Chooses the columns that fit, lays them out and reads their values. */
export function planStrips(
  view: RunView,
  { layer, batch, step, mistake }: FlipPlace,
  { width, height }: FlipRoom,
  read: ReadWindow,
  mode: Mode = "ours",
): Strips {
  const length = sequenceLength(view, batch);
  const directed = view.config ?? { bidirectional: false };
  const most = columnsThatFit(width, directed, view.seqLength);
  const columns = shownSteps(view.seqLength, length, step, most);
  const segments = segmentsOf(view, layer, rowsThatFit(width, height, directed), mode);
  const order = reverseOrder(segments.reverse, mistake);
  const shown = { ...directed, columns, length, isUnflipped: order === "unflipped" };
  const inputs = columns.map((at) => mirrored(at, length)).reverse();
  const rows = { inputRows: rowCount(segments.x), stateRows: rowCount(ownSegments(segments)) };
  const pieces = (of: readonly RowSegment[], at = columns): readonly ValuePiece[] =>
    readPieces(of, at, batch, read);
  return {
    columns,
    segments,
    order,
    pieces: {
      x: [
        ...pieces(segments.x),
        ...(shown.isUnflipped && columns.includes(null) ? pieces(segments.x, inputs) : []),
      ],
      forward: pieces(segments.forward),
      reverse: pieces(segments.reverse),
    },
    layout: layoutFlip({ ...shown, ...rows }, width, height),
  };
}

/** One request for each run of consecutive steps of each lane; values that have not arrived are left out. */
function readPieces(
  segments: readonly RowSegment[],
  columns: readonly StripColumn[],
  batch: number,
  read: ReadWindow,
): readonly ValuePiece[] {
  let row = 0;
  return segments.flatMap(({ lane, side, size, rows }) => {
    const first = row;
    row += rows;
    return stepRuns(columns).flatMap((steps) => {
      const data = read({
        ...{ lane, stateName: "h", side, batch },
        ...{ stepStart: steps.start, stepEnd: steps.end, unitStart: 0, unitEnd: size },
        ...{ maxColumns: steps.end - steps.start, maxRows: rows },
      });
      return data === undefined ? [] : [{ row: first, steps, data }];
    });
  });
}
