/**
 * Answers about module maps: what a map makes of the tensors of a file, as the dialog of the tensor editor shows it.
 */
import { text, type Text } from "../../core/text";
import { checkMap, type SlotCheck } from "../../model/assign/check";
import { layoutsFor } from "../../model/assign/conventions";
import { partsOf, slotValue, type ModuleMap, type SlotPart } from "../../model/assign/map";
import { parseMap, type MapFault } from "../../model/assign/parse";
import {
  noteSentence,
  problemSentence,
  remedySentence,
  slotSentence,
} from "../../model/assign/sentences";
import { constructorLine, type CellKind } from "../../model/config";
import type { LayoutChoice, MapView, SlotView } from "../../protocol/archive/mapMessages";
import type { TensorEntry } from "../../tensor/tensor";

/** The layouts that a map of a kind is offered. */
export function layoutChoices(kind: CellKind): readonly LayoutChoice[] {
  return layoutsFor(kind).map(({ id, title }) => ({ id, title }));
}

/** Checks what may be a map against the tensors of a file. */
export function mapView(value: unknown, entries: readonly TensorEntry[]): MapView {
  const { map, faults } = parseMap(value);
  if (map === null) {
    const problems = faults.map(faultText);
    return { constructorLine: null, sizes: null, slots: [], problems, notes: [], fits: false };
  }
  const { config, slots, problems, notes, fits } = checkMap(map, entries);
  return {
    constructorLine: config === null ? null : constructorLine(config),
    sizes: config && {
      inputSize: config.inputSize,
      hiddenSize: config.hiddenSize,
      layers: config.numLayers,
      bidirectional: config.bidirectional,
      projection: config.projSize,
    },
    slots: slots.map((slot) => slotView(slot, map)),
    problems: problems.map(problemSentence),
    notes: notes.map(noteSentence),
    fits,
  };
}

/** What is wrong with a value of a map, and which. */
function faultText({ path, message }: MapFault): Text {
  return path.length === 0 ? message : text("{0}: {1}", path.join("."), message);
}

function slotView(check: SlotCheck, map: ModuleMap): SlotView {
  const { slot, role, layer, direction, expected, axes, state, tensors } = check;
  const at = check.fault !== null && "part" in check.fault ? check.fault.part : 0;
  const parts = partsOf(map.slots[slot]);
  const withPart = (part: SlotPart): SlotPart[] =>
    parts.map((each, index) => (index === at ? part : each));
  return {
    ...{ slot, role, layer, direction, expected, axes, state, tensors },
    sentence: slotSentence(check),
    remedies: check.remedies.map((remedy) => ({
      sentence: remedySentence(remedy),
      value: slotValue(withPart(remedy.part)),
    })),
  };
}
