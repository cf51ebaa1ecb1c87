/**
 * The configuration of the module of a map: sizes as the map says them, else as the most of its tensors have them.
 */
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import { pytorchVariant, type RecurrentConfig } from "../config";
import { gateCount } from "../gates";
import { placeOf, type ParameterPlace } from "../parameters";
import type { Conventions } from "./conventions";
import type { ModuleMap } from "./map";
import { placePart } from "./place";
import { gatedParts, partShape, placedAs } from "./slots";

/** More layers than any real network has. */
export const maxMapLayers = 1024;

/** A slot whose name is a parameter's. */
export interface NamedSlot extends ParameterPlace {
  readonly name: string;
}

/** Entries by their names; what `entryNamed` makes. */
export type EntryLookup = (name: string) => TensorEntry | undefined;

/** Looks entries up by name; of several with one name it is the first. */
export function entryNamed(entries: readonly TensorEntry[]): EntryLookup {
  const known = new Map<string, TensorEntry>();
  for (const entry of entries) if (!known.has(entry.name)) known.set(entry.name, entry);
  return (name) => known.get(name);
}

/** The slots of a map that have the name of a parameter, in the order in which they are written. */
export function namedSlots({ slots }: Pick<ModuleMap, "slots">): readonly NamedSlot[] {
  return Object.keys(slots).flatMap((name) => {
    const place = placeOf(name, false);
    return place === undefined || place.layer >= maxMapLayers ? [] : [{ ...place, name }];
  });
}

/** Shape of a part as it stands, with the number of gates in it. */
interface Measured extends NamedSlot {
  readonly gates: number;
  /** (rows, columns) or (rows). */
  readonly shape: Shape;
}

/** Most hidden sizes that are tried. */
const maxCandidates = 16;

/** The module that a map describes; null where neither it nor its tensors tell the sizes. */
export function configOf(
  map: ModuleMap,
  conventions: Conventions,
  entryOf: EntryLookup,
): RecurrentConfig | null {
  const slots = namedSlots(map);
  const measured = slots.flatMap((slot) => measure(slot, map, conventions, entryOf));
  const fixed = fixedPart(map, conventions, slots);
  const own = measured.find(({ role, layer }) => role === "weightHr" && layer === 0);
  const projSize = map.projection ?? own?.shape[0] ?? 0;
  const gates = gateCount(map.kind);
  let best: RecurrentConfig | null = null;
  let bestFits = -1;
  for (const hiddenSize of hiddenSizes(map, measured)) {
    const inputSize = map.inputSize ?? inputSizeOf(measured, gates * hiddenSize);
    if (inputSize === null) continue;
    const config = { ...fixed, hiddenSize, inputSize, projSize };
    const fits = measured.filter((each) =>
      sameShape(each.shape, partShape(config, each, each.gates)),
    ).length;
    if (fits > bestFits) [best, bestFits] = [config, fits];
  }
  return best;
}

function fixedPart(
  map: ModuleMap,
  { resetAfter, forgetBias }: Conventions,
  slots: readonly NamedSlot[],
): Omit<RecurrentConfig, "hiddenSize" | "inputSize" | "projSize"> {
  const filled = slots.filter(({ name }) => map.slots[name] !== null);
  const has = (role: ParameterPlace["role"]): boolean => filled.some((slot) => slot.role === role);
  const bidirectional = map.bidirectional ?? filled.some(({ isSecond }) => isSecond);
  return {
    cell: map.kind,
    isCellClass: false,
    numLayers: map.layers ?? 1 + filled.reduce((most, { layer }) => Math.max(most, layer), 0),
    bidirectional,
    bias: has("biasIh") || has("biasHh") || forgetBias !== 0,
    batchFirst: map.batchFirst ?? false,
    nonlinearity: map.nonlinearity ?? "tanh",
    variant: { ...pytorchVariant, resetAfter, peephole: map.kind === "LSTM" && has("peephole") },
    ...(map.reverse === true && !bidirectional ? { reverseOnly: true } : {}),
  };
}

/** The parts of a slot that lie within their tensors. */
function measure(
  slot: NamedSlot,
  { kind, slots }: ModuleMap,
  conventions: Conventions,
  entryOf: EntryLookup,
): Measured[] {
  const parts = gatedParts(slots[slot.name], slot.role, { kind, conventions });
  return parts.flatMap(({ part, gates, isTransposed }) => {
    const entry = entryOf(part.tensor);
    const placed = entry && placePart(part, entry, placedAs(slot, isTransposed));
    if (placed === undefined || !("start" in placed)) return [];
    return [{ ...slot, gates: gates.length, shape: placed.shape }];
  });
}

/** What the map says; else what any of the weights and biases of the first layer have. */
function hiddenSizes(
  { hiddenSize }: ModuleMap,
  measured: readonly Measured[],
): ReadonlySet<number> {
  if (hiddenSize !== undefined) return new Set([hiddenSize]);
  const sizes = new Set<number>();
  const byWeight = [...measured].sort((left, right) => rank(left) - rank(right));
  for (const { role, gates, shape } of byWeight) {
    const [rows = 0, columns = 0] = shape;
    if (role === "weightHr") sizes.add(columns);
    // Of one that lies the other way, units are its columns.
    else for (const size of [rows / gates, columns / gates]) sizes.add(size);
    if (sizes.size >= maxCandidates) break;
  }
  return new Set([...sizes].filter((size) => Number.isInteger(size) && size > 0));
}

function rank({ role, layer }: Measured): number {
  return layer * 3 + (role === "weightHh" ? 0 : role === "weightIh" ? 1 : 2);
}

/** Columns of the first layer's weights of the input; its rows where it lies the other way. */
function inputSizeOf(measured: readonly Measured[], rows: number): number | null {
  const found = measured.find(({ role, layer }) => role === "weightIh" && layer === 0);
  if (found === undefined) return null;
  const [first = 0, second = 0] = found.shape;
  return first !== rows && second === rows ? first : second;
}
