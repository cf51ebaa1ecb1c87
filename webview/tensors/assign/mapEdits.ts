/**
 * Edits of a map, one for each control of the form. What no longer applies after an edit goes with it; a step back
 * brings it again.
 */
import { partsOf, slotValue } from "../../../src/model/assign/map";
import type {
  CellKind,
  ModuleMap,
  SlotPart,
  SlotValue,
} from "../../../src/protocol/archive/assignMessages";

/** Layouts that every kind of cell has. */
const COMMON_LAYOUTS: ReadonlySet<unknown> = new Set(["pytorch", "keras"]);

/** The sizes that are numbers. */
export type SizeField = "inputSize" | "hiddenSize" | "projection";

/** Another kind of cell: layouts of the one before, and parts that say which gates they hold, mean nothing in it. */
export function withKind(map: ModuleMap, kind: CellKind): ModuleMap {
  const { layout, projection, ...others } = without(map, "nonlinearity");
  return {
    ...others,
    kind,
    ...(COMMON_LAYOUTS.has(layout) && layout !== undefined ? { layout } : {}),
    ...(kind === "LSTM" && projection !== undefined ? { projection } : {}),
    slots: keptSlots(map, (id) => kind === "LSTM" || !/^(?:weight_hr|peephole)_/.test(id)),
  };
}

/** Another layout, by its id. */
export function withLayout(map: ModuleMap, layout: string): ModuleMap {
  return { ...map, layout };
}

/** An activation of an RNN; null where it is not known. */
export function withNonlinearity(
  map: ModuleMap,
  nonlinearity: ModuleMap["nonlinearity"] | null,
): ModuleMap {
  return nonlinearity == null ? without(map, "nonlinearity") : { ...map, nonlinearity };
}

/** Whether the batch is the first axis; null where it is not known. */
export function withBatchFirst(map: ModuleMap, batchFirst: boolean | null): ModuleMap {
  return batchFirst === null ? without(map, "batchFirst") : { ...map, batchFirst };
}

/** A size; null where it is to follow from the shapes, or where there is none. */
export function withSize(map: ModuleMap, field: SizeField, size: number | null): ModuleMap {
  const next = size === null ? without(map, field) : { ...map, [field]: size };
  if (field !== "projection" || size !== null) return next;
  return { ...next, slots: keptSlots(map, (id) => !id.startsWith("weight_hr_")) };
}

/** Another number of layers; slots of those above it go. */
export function withLayers(map: ModuleMap, layers: number): ModuleMap {
  const isKept = (id: string): boolean => Number(/_l(\d+)/.exec(id)?.[1] ?? 0) < layers;
  return { ...map, layers, slots: keptSlots(map, isKept) };
}

/** Which way its steps are taken. */
export type Directions = "forward" | "reverse" | "both";

export function directionsOf(
  { reverse }: ModuleMap,
  { bidirectional }: { readonly bidirectional: boolean },
): Directions {
  if (bidirectional) return "both";
  return reverse === true ? "reverse" : "forward";
}

/** One direction or both; slots of the second one go with it. */
export function withDirections(map: ModuleMap, directions: Directions): ModuleMap {
  const others = without(without(map, "bidirectional"), "reverse");
  const isBoth = directions === "both";
  return {
    ...others,
    bidirectional: isBoth,
    ...(directions === "reverse" ? { reverse: true } : {}),
    slots: isBoth ? map.slots : keptSlots(map, (id) => !id.endsWith("_reverse")),
  };
}

/** A slot with these parts: null for zeros, none for a slot that is still open. */
export function withSlot(map: ModuleMap, id: string, value: SlotValue | undefined): ModuleMap {
  const { slots } = map;
  return { ...map, slots: value === undefined ? without(slots, id) : { ...slots, [id]: value } };
}

/** One part of a slot replaced by another; a part beyond the last one is added. */
export function withPart(map: ModuleMap, id: string, index: number, part: SlotPart): ModuleMap {
  const parts = [...partsOf(map.slots[id])];
  parts[index] = part;
  return withSlot(map, id, slotValue(parts));
}

/** A part less; without the last one the slot is open. */
export function withoutPart(map: ModuleMap, id: string, index: number): ModuleMap {
  const parts = partsOf(map.slots[id]).filter((_, at) => at !== index);
  return withSlot(map, id, parts.length === 0 ? undefined : slotValue(parts));
}

/** A tensor for each gate of a slot, in the layout's order: what it has now stands for the first. */
export function withGates(map: ModuleMap, id: string, gates: readonly string[]): ModuleMap {
  const [first] = partsOf(map.slots[id]);
  const parts = gates.map((gate): SlotPart => ({ tensor: first?.tensor ?? "", gates: gate }));
  return withSlot(map, id, slotValue(parts));
}

/** An object without one of its keys. */
export function without<Value extends object, Name extends keyof Value>(
  value: Value,
  name: Name,
): Omit<Value, Name> {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== name),
  ) as unknown as Omit<Value, Name>;
}

function keptSlots(map: ModuleMap, isKept: (id: string) => boolean): ModuleMap["slots"] {
  return Object.fromEntries(Object.entries(map.slots).filter(([id]) => isKept(id)));
}
