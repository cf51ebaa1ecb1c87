/**
 * Checks a map against the tensors of a file: for every slot whether it fits, and why not, as data.
 */
import type { DType } from "../../tensor/dtype";
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import type { Direction, RecurrentConfig } from "../config";
import { eachParameter, hasPlace, parameterCount, type ParameterRole } from "../parameters";
import { conventionsOf, type Conventions } from "./conventions";
import type { ModuleMap } from "./map";
import { usedBox, usedTwice, type UsedBox } from "./overlap";
import { placePart, remediesOf, type PlaceFault, type Remedy } from "./place";
import { configOf, entryNamed, namedSlots, type EntryLookup } from "./sizes";
import {
  gatedParts,
  gatesOfRole,
  isMatrixRole,
  partShape,
  placedAs,
  type GatedPart,
} from "./slots";

/** Why a slot does not fit. */
export type SlotFault =
  /** A weight that nothing fills. */
  | { readonly kind: "missing" }
  | { readonly kind: "unknownTensor"; readonly part: number; readonly tensor: string }
  /** Values that are no real numbers. */
  | {
      readonly kind: "dtype";
      readonly part: number;
      readonly tensor: string;
      readonly dtype: DType;
    }
  | ({ readonly part: number; readonly tensor: string } & PlaceFault)
  | {
      readonly kind: "shape";
      readonly part: number;
      readonly tensor: string;
      /** As a parameter, after slices and transposition. */
      readonly found: Shape;
      readonly expected: Shape;
    }
  /** Gates that none of its parts holds. */
  | { readonly kind: "gates"; readonly missing: readonly string[] };

/** A slot of the module. */
export interface SlotCheck {
  /** `weight_ih_l0`. */
  readonly slot: string;
  readonly role: ParameterRole;
  readonly layer: number;
  readonly direction: Direction;
  /** PyTorch's shape of the parameter, and its axes in the field's letters. */
  readonly expected: Shape;
  readonly axes: readonly string[];
  /** `zeros`: nothing fills it, and it may be left so. */
  readonly state: "fits" | "misfit" | "missing" | "zeros";
  /** Names of its tensors. */
  readonly tensors: readonly string[];
  readonly fault: SlotFault | null;
  /** Of a part that does not fit: what would make it fit, the likeliest first. */
  readonly remedies: readonly Remedy[];
}

/** What is wrong with a map as a whole. */
export type MapProblem =
  /** Neither sizes nor tensors that tell them. */
  | { readonly kind: "noSizes" }
  /** A slot that the module does not have, such as that of a third layer of two. */
  | { readonly kind: "unknownSlot"; readonly slot: string }
  /** More parameters than are looked at. */
  | { readonly kind: "tooMany"; readonly parameters: number };

/** What may be meant, and is said. */
export type MapNote =
  | { readonly kind: "usedTwice"; readonly tensor: string; readonly slots: readonly string[] }
  | { readonly kind: "unused"; readonly tensors: readonly string[]; readonly count: number }
  | { readonly kind: "zeros"; readonly slots: readonly string[] };

/** A map beside a file. */
export interface MapCheck {
  /** null where the sizes are not known. */
  readonly config: RecurrentConfig | null;
  /** The slots of the module in PyTorch's order. */
  readonly slots: readonly SlotCheck[];
  readonly problems: readonly MapProblem[];
  readonly notes: readonly MapNote[];
  /** True where the module can be made. */
  readonly fits: boolean;
}

/** Slots that are looked at. */
const maxSlots = 16_384;
/** Names that a note holds. */
const maxNamed = 12;

/** Checks all slots of a map at once; nothing is read. */
export function checkMap(map: ModuleMap, entries: readonly TensorEntry[]): MapCheck {
  return checkIn(map, entries, entryNamed(entries));
}

/** The same, of entries that are looked up already. */
export function checkIn(
  map: ModuleMap,
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
): MapCheck {
  const conventions = conventionsOf(map);
  const config = configOf(map, conventions, entryOf);
  if (config === null) return withoutSizes(map, entryOf);
  const parameters = parameterCount(config);
  if (parameters > maxSlots) {
    const problems = [{ kind: "tooMany", parameters } as const];
    return { config, slots: [], problems, notes: [], fits: false };
  }
  const slots = checkSlots(map, { config, conventions, entryOf });
  const problems = unknownSlots(map, config);
  return {
    config,
    slots,
    problems,
    notes: notesOf(slots, boxesOf(map, { conventions, entryOf }), entries),
    fits:
      problems.length === 0 && slots.every(({ state }) => state === "fits" || state === "zeros"),
  };
}

/** The sizes do not follow: tensors that there are not are still said. */
function withoutSizes(map: ModuleMap, entryOf: EntryLookup): MapCheck {
  const slots = namedSlots(map).flatMap(({ name, role, layer, isSecond }): SlotCheck[] => {
    const parts = gatedParts(map.slots[name], role, {
      kind: map.kind,
      conventions: conventionsOf(map),
    });
    const found = parts.flatMap(
      ({ part }, index) => faultOfEntry(part.tensor, index, entryOf) ?? [],
    );
    const [fault] = found;
    if (fault === undefined) return [];
    const tensors = parts.map(({ part }) => part.tensor);
    const place = { slot: name, role, layer, direction: isSecond ? "reverse" : "forward" } as const;
    return [{ ...place, expected: [], axes: [], state: "misfit", tensors, fault, remedies: [] }];
  });
  return { config: null, slots, problems: [{ kind: "noSizes" }], notes: [], fits: false };
}

/** What slots are checked with. */
interface Frame {
  readonly config: RecurrentConfig;
  readonly conventions: Conventions;
  readonly entryOf: EntryLookup;
}

function checkSlots(map: ModuleMap, frame: Frame): SlotCheck[] {
  const checks: SlotCheck[] = [];
  for (const parameter of eachParameter(frame.config)) {
    const { name, role, layer, direction, shape, axes } = parameter;
    const parts = gatedParts(map.slots[name], role, { ...frame, kind: map.kind });
    const tensors = parts.map(({ part }) => part.tensor);
    const place = { slot: name, role, layer, direction, expected: shape, axes, tensors };
    if (parts.length === 0) {
      const isZeros = role === "biasIh" || role === "biasHh";
      const fault = isZeros ? null : ({ kind: "missing" } as const);
      checks.push({ ...place, state: isZeros ? "zeros" : "missing", fault, remedies: [] });
    } else {
      checks.push({ ...place, ...checkParts(parts, { role, layer, frame }) });
    }
  }
  return checks;
}

interface SlotPlace {
  readonly role: ParameterRole;
  readonly layer: number;
  readonly frame: Frame;
}

function checkParts(
  parts: readonly GatedPart[],
  place: SlotPlace,
): Pick<SlotCheck, "state" | "fault" | "remedies"> {
  for (const [index, part] of parts.entries()) {
    const found = checkPart(part, index, place);
    if (found !== null) return { state: "misfit", ...found };
  }
  const held = new Set(parts.flatMap(({ gates }) => gates));
  const { role, frame } = place;
  const missing = gatesOfRole(frame.config.cell, role).filter((gate) => !held.has(gate));
  // A bias may lie in the file for some of the gates alone, as that of n in MLX.
  if (missing.length === 0 || !isMatrixRole(role)) {
    return { state: "fits", fault: null, remedies: [] };
  }
  return { state: "misfit", fault: { kind: "gates", missing }, remedies: [] };
}

function checkPart(
  { part, gates, isTransposed }: GatedPart,
  index: number,
  { role, layer, frame: { config, entryOf } }: SlotPlace,
): Pick<SlotCheck, "fault" | "remedies"> | null {
  const { tensor } = part;
  const missing = faultOfEntry(tensor, index, entryOf);
  const entry = entryOf(tensor);
  if (missing !== null || entry === undefined) return { fault: missing, remedies: [] };
  const expected = partShape(config, { role, layer }, gates.length);
  const as = placedAs({ role, layer }, isTransposed);
  const placed = placePart(part, entry, as);
  if ("start" in placed && sameShape(placed.shape, expected)) return null;
  const remedies = remediesOf(part, entry, expected, {
    ...as,
    takesEnd: role === "weightHh" || role === "biasHh",
  });
  const subject = { part: index, tensor };
  if (!("start" in placed)) return { fault: { ...subject, ...placed }, remedies };
  return { fault: { kind: "shape", ...subject, found: placed.shape, expected }, remedies };
}

function faultOfEntry(tensor: string, part: number, entryOf: EntryLookup): SlotFault | null {
  const entry = entryOf(tensor);
  if (entry === undefined) return { kind: "unknownTensor", part, tensor };
  const { dtype } = entry;
  return dtype.startsWith("complex") || dtype === "bool"
    ? { kind: "dtype", part, tensor, dtype }
    : null;
}

/** Slots that no parameter of the module has. */
function unknownSlots(map: ModuleMap, config: RecurrentConfig): readonly MapProblem[] {
  const places = new Map(namedSlots(map).map((slot) => [slot.name, slot]));
  return Object.keys(map.slots).flatMap((slot): MapProblem[] => {
    const place = places.get(slot);
    const isKnown = place !== undefined && hasPlace(config, place);
    return isKnown || map.slots[slot] === null ? [] : [{ kind: "unknownSlot", slot }];
  });
}

function notesOf(
  slots: readonly SlotCheck[],
  boxes: readonly UsedBox[],
  entries: readonly TensorEntry[],
): MapNote[] {
  const used = new Set(slots.flatMap(({ tensors }) => tensors));
  const zeros = slots.filter(({ state }) => state === "zeros").map(({ slot }) => slot);
  const unused = entries.filter(({ name, origin }) => !used.has(name) && origin === undefined);
  const [first] = zeros;
  return [
    ...usedTwice(boxes, maxNamed).map((each) => ({ kind: "usedTwice", ...each }) as const),
    ...(first === undefined ? [] : [{ kind: "zeros", slots: zeros } as const]),
    ...(unused.length === 0
      ? []
      : [
          {
            kind: "unused",
            tensors: unused.slice(0, maxNamed).map(({ name }) => name),
            count: unused.length,
          } as const,
        ]),
  ];
}

/** What the slots of a map take of each tensor, as far as it lies within it. */
function boxesOf(map: ModuleMap, { conventions, entryOf }: Omit<Frame, "config">): UsedBox[] {
  return namedSlots(map).flatMap(({ name, role, layer }) => {
    const parts = gatedParts(map.slots[name], role, { kind: map.kind, conventions });
    return parts.flatMap(({ part, isTransposed }) => {
      const entry = entryOf(part.tensor);
      const placed = entry && placePart(part, entry, placedAs({ role, layer }, isTransposed));
      return placed && "start" in placed ? [usedBox(name, entry, placed)] : [];
    });
  });
}
