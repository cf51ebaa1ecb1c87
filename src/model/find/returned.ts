/**
 * What a recurrent layer of Keras returns, saved as a list without names: its output, and h and c of each direction.
 */
import { sameShape, type TensorEntry } from "../../tensor/tensor";
import { numDirections, type RecurrentConfig } from "../config";

/** The parts of such a list. */
export interface ReturnedList {
  /** null where the list has the states alone. */
  readonly output: TensorEntry | null;
  /** Forward before reverse. */
  readonly hn: readonly TensorEntry[];
  /** Of an LSTM. */
  readonly cn: readonly TensorEntry[];
}

/** Output and both states of two directions. */
const mostReturned = 5;

/** The list as a module of one layer returns it; null where its length or shapes are others. */
export function returnedList(
  entries: readonly TensorEntry[],
  config: RecurrentConfig,
): ReturnedList | null {
  const list = isOfKeras(config) ? listOf(entries) : null;
  if (list === null) return null;
  const kinds = config.cell === "LSTM" ? 2 : 1;
  const directions = numDirections(config);
  const states = list.slice(-directions * kinds);
  const before = list.slice(0, -directions * kinds);
  const areOwn = areStates(states) && states[0]?.shape[1] === config.hiddenSize;
  if (states.length < directions * kinds || before.length > 1 || !areOwn) return null;
  const [output] = before;
  if (before.some(({ shape }) => shape.at(-1) !== directions * config.hiddenSize)) return null;
  const ofKind = (kind: number): TensorEntry[] => states.filter((_, at) => at % kinds === kind);
  return { output: output ?? null, hn: ofKind(0), cn: ofKind(1) };
}

/** Its layers have one layer each, and no projection. */
function isOfKeras({ numLayers, isCellClass, projSize }: RecurrentConfig): boolean {
  return numLayers === 1 && !isCellClass && projSize === 0;
}

/** Which results the list of a module has that is not known yet; null where it is no such list. */
export function returnedResults(
  entries: readonly TensorEntry[],
): { readonly output: TensorEntry | null; readonly hasCellStates: boolean } | null {
  const list = listOf(entries);
  if (list === null) return null;
  // Three of one shape are the last output, h and c.
  const hasOutput = !areStates(list) || list.length === 3;
  const states = hasOutput ? list.slice(1) : list;
  if (!areStates(states)) return null;
  const [output = null] = hasOutput ? list : [];
  const isOneWay = output === null || output.shape.at(-1) === states[0]?.shape[1];
  return { output, hasCellStates: states.length === 4 || (states.length === 2 && isOneWay) };
}

/** True for matrices of one shape. */
function areStates([first, ...others]: readonly TensorEntry[]): boolean {
  return first?.shape.length === 2 && others.every(({ shape }) => sameShape(shape, first.shape));
}

/** The tensors of a file that is one list, in its order; `arr_0` is NumPy's. null for any other file. */
function listOf(entries: readonly TensorEntry[]): readonly TensorEntry[] | null {
  if (entries.length < 2 || entries.length > mostReturned) return null;
  const numbered = new Map(
    entries.map((entry) => [/^(?:arr_)?(\d)$/.exec(entry.name)?.[1] ?? "", entry] as const),
  );
  const list = entries.flatMap((_, at) => numbered.get(String(at)) ?? []);
  return list.length === entries.length ? list : null;
}
