/**
 * The data of the flip picture: columns, rows and values of its strips.
 */
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { colourScale, type Rgb } from "../../../src/drawing/base/colourScale";
import { domainsOf } from "../../../src/drawing/run/domains";
import { rowCount, rowOfUnit, valueAt } from "../../../src/drawing/run/flip/values";
import { formatCell } from "../../../src/drawing/base/numbers";
import { laneIdOf } from "../../../src/drawing/run/places";
import type { Store } from "../store/store";
import type { FlipScene } from "./scene";
import { finalNames, stripHeadings } from "../../../src/drawing/run/flip/headings";
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
  return planStrips(view, { layer, batch, step }, room, (request) => store.window(request, "h"));
}

/** Texts and values of the scene; the caller adds what changes under the pointer. */
export function describeScene(
  store: Store,
  view: RunView,
  layer: number,
  { pieces, segments }: Strips,
): Pick<FlipScene, "headings" | "labels" | "length" | "value" | "litRow" | "finals"> {
  const { cursor } = store.state;
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
    finals: finalNames(view.config, layer),
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
  const column = (name: StripValues): string =>
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
