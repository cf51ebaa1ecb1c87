/**
 * Where a run first differs, in recurrent coordinates, and what is known of all that comes before.
 */
import { firstOfAll } from "../../../analysis/first";
import { stepInProcessing } from "../../../analysis/noise";
import { text, type Text } from "../../../core/text";
import { directionsOf } from "../../../model/directions";
import { gateOrder } from "../../../model/gates";
import { isGate } from "../../../model/stateNames";
import type { Direction } from "../../../model/config";
import type { Place } from "../../../protocol/run/messages";
import type { FirstDivergence, VerdictView } from "../../../protocol/run/verdictMessages";
import type { LayerElement, SurroundingView } from "../../../protocol/run/surroundingMessages";
import { firstsOfTensors } from "../../../run/compareStates";
import type { ComparedTensor } from "../../../run/compare";
import type { RunResult } from "../../../run/execute";
import { firstOutside } from "./surrounding";
import { sequenceLength } from "../../../model/sequence";

/** What is compared at the place of a difference: a gate, or h or c. */
function quantityOf(name: ComparedTensor["name"], quantity: string | undefined): string {
  return quantity ?? (name === "c_n" ? "c" : "h");
}

/** The first of all comparisons; null where nothing is outside tolerance. */
export function firstDivergence(
  result: RunResult,
  surrounding: SurroundingView | null,
): FirstDivergence | null {
  const { compared, forwardInput } = result;
  const bad = firstOfAll(firstsOfTensors(compared), forwardInput);
  if (bad === null) return null;
  const { name, quantity } = bad;
  const { first, firstElement } = firstOutside(bad, surrounding?.head ?? null);
  if (first === null) {
    const sentence = elementText(name, firstElement!);
    return { name, first, firstElement: firstElement!, quantity: null, sentence, ...unknown };
  }
  const processing = processingOf(result, first);
  const place = placeText(result, first, quantityOf(name, quantity));
  const { isClean, before } = beforeOf(result, first);
  return {
    name,
    first,
    quantity: quantityOf(name, quantity),
    processing,
    isClean,
    sentence: before === null ? place : text("{0}; {1}", place, before),
  };
}

const unknown = { processing: null, isClean: null } as const;

/** The first element of one tensor that is outside tolerance, in words; null where all are inside. */
export function firstText(
  compared: ComparedTensor,
  { first, firstElement }: Pick<VerdictView, "first" | "firstElement">,
  result: RunResult,
): Text | null {
  if (firstElement !== undefined) return elementText(compared.name, firstElement);
  if (first === null) return null;
  const { quantity } = firstOfAll(firstsOfTensors([compared]), result.forwardInput) ?? {};
  return placeText(result, first, quantityOf(compared.name, quantity));
}

function processingOf({ forwardInput }: RunResult, { direction, step, batch }: Place): number {
  const { lengths, seqLength } = forwardInput;
  return stepInProcessing(direction, step, sequenceLength({ lengths, seqLength }, batch));
}

/** A direction in words. */
function wayText(direction: Direction): Text {
  return direction === "forward" ? text("forward") : text("reverse");
}

function placeText(result: RunResult, place: Place, quantity: string): Text {
  const { layer, direction, step, batch, unit } = place;
  const s = processingOf(result, place);
  const lane = text("layer {0}, {1}", layer, wayText(direction));
  return isGate(quantity)
    ? text(
        "{0}, processing step {1} (t = {2}), batch {3}, gate {4}, unit {5}",
        ...([lane, s, step, batch, quantity, unit] as const),
      )
    : text(
        "{0}, processing step {1} (t = {2}), batch {3}, {4}, unit {5}",
        ...([lane, s, step, batch, quantity, unit] as const),
      );
}

function elementText(name: string, { step, batch, unit }: LayerElement): Text {
  return step === null
    ? text("{0}, batch {1}, unit {2}", name, batch, unit)
    : text("{0}, t = {1}, batch {2}, unit {3}", name, step, batch, unit);
}

/** How much of a direction of a layer is compared: every step, the last one, or nothing. */
type Coverage = "all" | "end" | "none";

/** What is known of all that a place depends on. In a chaotic run nothing is, as not all of it can be judged. */
function beforeOf(
  result: RunResult,
  place: Place,
): { readonly isClean: true | null; readonly before: Text | null } {
  if (result.compared.some(({ comparison }) => (comparison?.unjudged ?? 0) > 0)) {
    return { isClean: null, before: null };
  }
  const earlier = processingOf(result, place) === 0 ? "all" : coverageOf(result, place);
  const below = belowOf(result, place.layer);
  const isClean = earlier === "all" && below === "all" ? true : null;
  return { isClean, before: beforeText(earlier === "all", below) };
}

function beforeText(knowsEarlier: boolean, below: Coverage): Text {
  if (knowsEarlier) {
    if (below === "all") return text("everything before is clean");
    return below === "end"
      ? text("the layers below end clean, their other steps are not known")
      : text("the layers below are not known");
  }
  if (below === "all") return text("its earlier steps are not known");
  return below === "end"
    ? text("the layers below end clean, other earlier steps are not known")
    : text("its earlier steps and the layers below are not known");
}

/** The least of what is known of the layers below. */
function belowOf(result: RunResult, layer: number): Coverage {
  const found = Array.from({ length: layer }, (_, below) =>
    directionsOf(result.forwardInput.config).map((direction) =>
      coverageOf(result, { layer: below, direction }),
    ),
  ).flat();
  if (found.includes("none")) return "none";
  return found.includes("end") ? "end" : "all";
}

function coverageOf(
  { inputs, forwardInput, lanes, reference, gates }: RunResult,
  { layer, direction }: Pick<Place, "layer" | "direction">,
): Coverage {
  const { config } = forwardInput;
  const lane = lanes.find((each) => each.layer === layer && each.direction === direction);
  if (lane?.parts.every((part) => part.reference !== null) === true) return "all";
  const given = (inputs.states ?? []).filter(
    (state) => state.layer === layer && state.direction === direction && state.values !== null,
  );
  const letters = gateOrder[config.cell].filter((gate) => gate !== "");
  const hasAll = letters.every((gate) => given.some(({ quantity }) => quantity === gate));
  if (letters.length > 0 && hasAll && gates?.steps === gates?.of) return "all";
  return reference.hn === null ? "none" : "end";
}
