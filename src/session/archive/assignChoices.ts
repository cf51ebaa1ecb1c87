/**
 * What can stand in a slot of a map: tensors that fit as they are, then parts of tensors and tensors the other way
 * round that would, then all others.
 */
import { text, type Text } from "../../core/text";
import { checkIn } from "../../model/assign/check";
import { conventionsOf } from "../../model/assign/conventions";
import { partsOf, type ModuleMap, type SlotPart } from "../../model/assign/map";
import { placePart, remediesOf } from "../../model/assign/place";
import { remedyLabel } from "../../model/assign/sentences";
import { namedSlots, type EntryLookup } from "../../model/assign/sizes";
import { gatesOfRole, isMatrixRole, partShape, placedAs } from "../../model/assign/slots";
import { placeOf, type ParameterPlace } from "../../model/parameters";
import type {
  ChoicesPage,
  ChoicesRequest,
  PartChoice,
} from "../../protocol/archive/assignMessages";
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import { matches, parseQuery } from "./treeQuery";

/** Choices that a list shows; typing narrows them down. */
const maxChoices = 100;
/** Entries of which parts are looked for: each has dozens. */
const maxCut = 20_000;
/** Parts of one tensor that are offered. */
const maxParts = 3;

/** The slot that is chosen for. */
interface Wanted {
  readonly place: ParameterPlace;
  /** null while the sizes are not known. */
  readonly shape: Shape | null;
  readonly isMatrix: boolean;
  /** True where a vector may stand for a matrix of one column. */
  readonly takesVector: boolean;
  /** As the layout of the map has it. */
  readonly isTransposed: boolean;
}

/** The choices for a slot, or for one gate of it. None where the module has no such slot. */
export function choicesOf(
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
  { map, slot, gate, query }: ChoicesRequest,
): ChoicesPage {
  const place = placeOf(slot, false);
  if (place === undefined) return { total: 0, choices: [] };
  const wanted = wantedOf(map, place, gate, entries, entryOf);
  const used = usersOf(map, slot);
  const terms = parseQuery(query);
  const ranked: { readonly rank: number; readonly choice: PartChoice }[] = [];
  let looked = 0;
  for (const entry of entries) {
    const { name, origin, dtype } = entry;
    // What is derived is made of tensors that are listed themselves.
    if (origin !== undefined || dtype === "bool" || dtype.startsWith("complex")) continue;
    if (!matches(terms, name.toLowerCase(), entry)) continue;
    looked += 1;
    const usedBy = used.get(name) ?? null;
    for (const { rank, ...way } of waysOf(entry, wanted, looked <= maxCut)) {
      const choice = { shape: entry.shape, dtype, usedBy, ...way };
      ranked.push({ rank: rank + (usedBy === null ? 0 : 1), choice });
    }
  }
  // Sorting keeps the order of the file among those of one rank.
  ranked.sort((left, right) => left.rank - right.rank);
  return {
    total: ranked.length,
    choices: ranked.slice(0, maxChoices).map(({ choice }) => choice),
  };
}

function wantedOf(
  map: ModuleMap,
  place: ParameterPlace,
  gate: string | null,
  entries: readonly TensorEntry[],
  entryOf: EntryLookup,
): Wanted {
  const { role } = place;
  const isMatrix = isMatrixRole(role);
  const { takesVector = false } = placedAs(place, false);
  const { config } = checkIn(map, entries, entryOf);
  const gates = gate === null ? gatesOfRole(map.kind, role).length : 1;
  return {
    place,
    shape: config === null ? null : partShape(config, place, gates),
    isMatrix,
    takesVector,
    isTransposed: isMatrix && conventionsOf(map).transposed,
  };
}

interface Way {
  readonly rank: number;
  readonly part: SlotPart;
  readonly how: Text;
  readonly fits: boolean;
}

/** The ways in which a tensor may stand there; one that does not fit where there is none. */
function waysOf(
  entry: TensorEntry,
  { place, shape, isMatrix, takesVector, isTransposed }: Wanted,
  looksForParts: boolean,
): readonly Way[] {
  const whole = { tensor: entry.name };
  const asItIs = isTransposed ? text("transposed, as the layout says") : text("as it is");
  if (shape === null) {
    const rank = entry.shape.length;
    const isRank = rank === (isMatrix ? 2 : 1) || (takesVector && rank === 1);
    return [{ rank: isRank ? 0 : 8, part: whole, how: asItIs, fits: isRank }];
  }
  const placed = placePart(whole, entry, { isMatrix, takesVector, isTransposed });
  if ("start" in placed && sameShape(placed.shape, shape)) {
    return [{ rank: 0, part: whole, how: asItIs, fits: true }];
  }
  const takesEnd = place.role === "weightHh" || place.role === "biasHh";
  const remedies = looksForParts
    ? remediesOf(whole, entry, shape, { isTransposed, takesEnd, takesVector }).slice(0, maxParts)
    : [];
  if (remedies.length === 0) {
    return [{ rank: 8, part: whole, how: text("does not fit"), fits: false }];
  }
  return remedies.map((remedy) => ({
    rank: remedy.kind === "transposed" ? 2 : 4,
    part: remedy.part,
    how: remedyLabel(remedy),
    fits: true,
  }));
}

/** Which slot has a tensor now, by its name. */
function usersOf(map: ModuleMap, except: string): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const { name } of namedSlots(map)) {
    if (name === except) continue;
    for (const { tensor } of partsOf(map.slots[name])) users.set(tensor, name);
  }
  return users;
}
