/**
 * The data of the flip picture: columns, rows and values of its strips.
 */
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { colourScale, type Rgb } from "../../../src/drawing/base/colourScale";
import { domainsOf } from "../../../src/drawing/run/domains";
import {
  columnsThatFit,
  layoutFlip,
  rowsThatFit,
  type FlipLayout,
} from "../../../src/drawing/run/flip/layout";
import type { StripPart } from "../../../src/drawing/run/flip/boxes";
import { shownSteps, stepRuns, type StripColumn } from "../../../src/drawing/run/flip/strips";
import {
  ownSegments,
  rowCount,
  rowOfUnit,
  segmentsOf,
  valueAt,
  type RowSegment,
  type Segments,
  type ValuePiece,
} from "../../../src/drawing/run/flip/values";
import { formatCell } from "../../../src/drawing/base/numbers";
import { directionsOf, slotOf } from "../../../src/model/directions";
import { laneIdOf } from "../store/places";
import type { Store } from "../store/store";
import type { FlipScene } from "./scene";
import { connectorLabels, stripHeadings } from "./flipTexts";

type ValuesName = StripPart["values"];

export interface Strips {
  readonly columns: readonly StripColumn[];
  readonly segments: Segments;
  readonly pieces: Readonly<Record<ValuesName, readonly ValuePiece[]>>;
  readonly layout: FlipLayout;
}

/** What the picture has to fit into, CSS pixels. */
export interface FlipRoom {
  readonly width: number;
  readonly height: number;
}

/** Steps of a batch row that are not padding. */
export function sequenceLength(view: RunView, batch: number): number {
  return view.lengths?.[batch] ?? view.seqLength;
}

/** Chooses the columns that fit into `room` pixels, lays them out and requests their values. */
export function fetchStrips(
  store: Store,
  view: RunView,
  layer: number,
  { width, height }: FlipRoom,
): Strips {
  const { cursor } = store.state;
  const length = sequenceLength(view, cursor.batch);
  const directed = view.config ?? { bidirectional: false };
  const most = columnsThatFit(width, directed, view.seqLength);
  const columns = shownSteps(view.seqLength, length, cursor.step, most);
  const segments = segmentsOf(view, layer, rowsThatFit(width, height, directed));
  const rows = { inputRows: rowCount(segments.x), stateRows: rowCount(ownSegments(segments)) };
  return {
    columns,
    segments,
    pieces: {
      x: readPieces(store, segments.x, columns),
      forward: readPieces(store, segments.forward, columns),
      reverse: readPieces(store, segments.reverse, columns),
    },
    layout: layoutFlip({ ...directed, ...rows, columns, length }, width, height),
  };
}

/** One request for each run of consecutive steps of each lane; values that have not arrived are left out. */
function readPieces(
  store: Store,
  segments: readonly RowSegment[],
  columns: readonly StripColumn[],
): readonly ValuePiece[] {
  const { batch } = store.state.cursor;
  let row = 0;
  return segments.flatMap(({ lane, size, rows }) => {
    const first = row;
    row += rows;
    return stepRuns(columns).flatMap((steps) => {
      const data = store.window(
        {
          lane,
          side: "ours",
          batch,
          stepStart: steps.start,
          stepEnd: steps.end,
          unitStart: 0,
          unitEnd: size,
          maxColumns: steps.end - steps.start,
          maxRows: rows,
        },
        "h",
      );
      return data === undefined ? [] : [{ row: first, steps, data }];
    });
  });
}

/** Texts and values of the scene; the caller adds what changes under the pointer. */
export function describeScene(
  store: Store,
  view: RunView,
  layer: number,
  { pieces, segments }: Strips,
): Pick<FlipScene, "headings" | "labels" | "length" | "value" | "litRow" | "finals"> {
  const { cursor } = store.state;
  const { config } = view;
  const length = sequenceLength(view, store.state.cursor.batch);
  return {
    headings: stripHeadings(view, layer, length),
    labels: connectorLabels(view, layer),
    length,
    value: (part, row, step) => valueAt(pieces[part.values], row, step),
    litRow: ({ values }) =>
      cursor.layer === layer && values === cursor.direction
        ? rowOfUnit(segments[values], laneIdOf(cursor), cursor.unit)
        : undefined,
    finals:
      config === null
        ? {}
        : Object.fromEntries(
            directionsOf(config).map((each) => [each, `h_n[${slotOf(config, layer, each)}]`]),
          ),
  };
}

/** The unrolled view's own scales, so that a value has the same colour in both pictures. */
export function stripScales(
  { state }: Store,
  view: RunView,
  layer: number,
  background: Rgb,
): FlipScene["scale"] {
  const domains = domainsOf(state.run ?? view, "h", state.stateRange);
  const { colourScheme, curve } = state;
  const states = { ...colourScale(colourScheme, background, domains.states), curve };
  const input = { ...colourScale(colourScheme, background, domains.input), curve };
  return ({ values }) => (values === "x" && layer === 0 ? input : states);
}

/** Describes the strips at a step in words, for assistive technology. */
export function describeStep(step: number, { segments, pieces }: Strips): string {
  const column = (name: ValuesName): string =>
    Array.from({ length: rowCount(segments[name]) }, (_, row) => {
      const value = valueAt(pieces[name], row, step);
      return value === undefined ? "…" : formatCell(value, 6);
    }).join(" ");
  if (segments.forward.length === 0) {
    return t("t = {0}: x {1}; reverse {2}", step, column("x"), column("reverse"));
  }
  const forward = t("t = {0}: x {1}; forward {2}", step, column("x"), column("forward"));
  return segments.reverse.length === 0
    ? forward
    : t("{0}; reverse {1}", forward, column("reverse"));
}
