/**
 * The data of the flip picture: columns, rows and values of its strips.
 */
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { colourScale, type ColourScale, type Rgb } from "../../../src/drawing/base/colourScale";
import { domainsOf } from "../../../src/drawing/run/domains";
import {
  cellAt,
  cellsOf,
  columnRuns,
  rowCount,
  rowOfUnit,
  showsDelta,
} from "../../../src/drawing/run/flip/values";
import { outlinePath } from "../../../src/drawing/base/paths";
import { formatCell } from "../../../src/drawing/base/numbers";
import { stripLimit } from "../../../src/drawing/run/flip/limits";
import { mistakeOf } from "../../../src/drawing/run/flip/reverseOrder";
import { laneIdOf } from "../../../src/drawing/run/places";
import { findingsOf } from "../store/diagnosis";
import type { Store } from "../store/store";
import type { FlipScene } from "./scene";
import { finalColumns } from "../../../src/drawing/run/flip/finals";
import { sideOf, stripHeadings } from "../../../src/drawing/run/flip/headings";
import {
  planStrips,
  type FlipRoom,
  type Strips,
  type StripValues,
} from "../../../src/drawing/run/flip/plan";
import { connectorLabels } from "./flipTexts";
import { sequenceLength } from "../../../src/drawing/run/sequenceLength";

/** The strips in a room, with the values that are here; the others are requested. */
export function fetchStrips(store: Store, view: RunView, layer: number, room: FlipRoom): Strips {
  const { batch, step } = store.state.cursor;
  return planStrips(
    view,
    { layer, batch, step, ...mistakeOf(findingsOf(store.state.diagnosis)) },
    room,
    (request) => store.window(request, "h"),
    store.state.mode,
  );
}

/** Texts and values of the scene; the caller adds what changes under the pointer. */
export function describeScene(
  store: Store,
  view: RunView,
  layer: number,
  strips: Strips,
): Omit<FlipScene, "scale" | "litStep" | "pointedStep" | "clock"> {
  const { layout, order, pieces, segments } = strips;
  const { cursor } = store.state;
  const length = sequenceLength(view, store.state.cursor.batch);
  return {
    headings: stripHeadings(view, layer, length, order),
    labels: connectorLabels(view, layer),
    isUnflipped: order === "unflipped",
    length,
    sideOf: (strip) => sideOf(strip, strips),
    cell: ({ values }, row, step) => {
      const cell = cellAt(pieces[values], row, step);
      return cell === undefined || showsDelta(segments[values]) ? cell : { value: cell.value };
    },
    outline: ({ columns, columnX, rowHeight }, { values, row, rows }) =>
      !showsDelta(segments[values])
        ? ""
        : columnRuns(columns)
            .map(({ first, steps }) =>
              outlinePath(cellsOf(pieces[values], rows, steps, length), {
                x: columnX[first] ?? 0,
                y: row * rowHeight,
                width: steps.length * layout.cellWidth,
                height: rows * rowHeight,
              }),
            )
            .join(""),
    litRow: ({ values }) =>
      cursor.layer === layer && values === cursor.direction
        ? rowOfUnit(segments[values], laneIdOf(cursor), cursor.unit)
        : undefined,
    ...finalColumns(view.config, layer, length, order),
  };
}

/** What the colours of differences run to. */
export function deltaLimit({ state }: Store, view: RunView): number {
  return domainsOf(view, "h", state).delta;
}

/** The unrolled view's own scales, so that a value has the same colour in both pictures. */
export function stripScales(
  { state }: Store,
  view: RunView,
  layer: number,
  { segments }: Strips,
  background: Rgb,
): FlipScene["scale"] {
  const domains = domainsOf(state.run ?? view, "h", state);
  const { colourScheme, curve } = state;
  const scale = (values: StripValues): ColourScale => {
    const limit = stripLimit(domains, layer, values, showsDelta(segments[values]));
    return { ...colourScale(colourScheme, background, limit), curve };
  };
  const scales = { x: scale("x"), forward: scale("forward"), reverse: scale("reverse") };
  return ({ values }) => scales[values];
}

/** Describes the strips at a step in words, for assistive technology. */
export function describeStep(step: number, { segments, pieces }: Strips): string {
  const column = (name: StripValues): string =>
    Array.from({ length: rowCount(segments[name]) }, (_, row) => {
      const value = cellAt(pieces[name], row, step)?.value;
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
