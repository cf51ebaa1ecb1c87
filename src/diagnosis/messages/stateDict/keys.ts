/**
 * Keys of a state_dict as `load_state_dict` complains of them: which module they are of, and which side has them.
 */
import type { Text } from "../../../core/text";
import type { Shape } from "../../../tensor/tensor";

/** A tensor with one shape in the checkpoint and another in the model. */
export interface Mismatch {
  readonly key: string;
  readonly checkpoint: Shape;
  readonly model: Shape;
}

/** What one call complains of. */
export interface StateDictBlock {
  /** The class of the model; empty where it is not told. */
  readonly class: string;
  /** In the model alone. */
  readonly missing: readonly string[];
  /** In the checkpoint alone. */
  readonly unexpected: readonly string[];
  readonly mismatches: readonly Mismatch[];
  /** Keys whose values are no tensors. */
  readonly notTensors: readonly string[];
}

/** A parameter's name within a recurrent module. */
export interface RecurrentKey {
  readonly key: string;
  /** What stands before it. */
  readonly prefix: string;
  /** `weight_ih`, `bias_hh`, `weight_hr`. */
  readonly role: string;
  /** null of a cell class. */
  readonly layer: number | null;
  readonly isReverse: boolean;
  /** `raw`, `orig`, `g`, `v`, … of a weight that is computed from others; null of one that is stored. */
  readonly part: string | null;
}

/** What a block tells of one module. */
export interface ModuleSides {
  /** How sentences call it. */
  readonly name: string | Text;
  readonly missing: readonly RecurrentKey[];
  readonly unexpected: readonly RecurrentKey[];
  readonly mismatches: readonly Mismatch[];
}

/** What one part of it tells; null where that part is the same on both sides. */
export type Rule = (sides: ModuleSides) => { means: Text; fits: Text }[] | null;

const pattern =
  /^(.{0,300}?)((?:weight|bias)_(?:ih|hh|hr))(?:_l(\d{1,4})(_reverse)?)?(?:_(raw|orig|mask|g|v|u))?$/s;
const parametrized =
  /^(.{0,300}?)parametrizations\.((?:weight|bias)_(?:ih|hh|hr))(?:_l(\d{1,4})(_reverse)?)?\.(original)\d?$/s;

/** Takes a key apart; null where it is no parameter of a recurrent module. */
export function recurrentKey(key: string): RecurrentKey | null {
  const match = pattern.exec(key) ?? parametrized.exec(key);
  if (match === null) return null;
  const [, prefix = "", role = "", layer, reverse, part] = match;
  return {
    key,
    prefix,
    role,
    layer: layer === undefined ? null : Number(layer),
    isReverse: reverse !== undefined,
    part: part ?? null,
  };
}

/** What stands before the recurrent keys, each once. */
export function prefixesOf({ missing, unexpected, mismatches }: StateDictBlock): string[] {
  const keys = [...missing, ...unexpected, ...mismatches.map(({ key }) => key)];
  return [...new Set(keys.flatMap((key) => recurrentKey(key)?.prefix ?? []))];
}

/** What stands before every key of one side and not before those of the other. */
export interface PrefixDifference {
  readonly prefix: string;
  readonly side: "checkpoint" | "model";
  readonly count: number;
}

/** Keys of one side that are tried against all of the other to find what stands before them. */
const MAX_TRIED = 8;

/** The prefix that makes the most missing keys out of unexpected ones, or the other way round; null where none does. */
export function prefixDifference({ missing, unexpected }: StateDictBlock): PrefixDifference | null {
  const found = [
    { ...bestPrefix(unexpected, missing), side: "checkpoint" as const },
    { ...bestPrefix(missing, unexpected), side: "model" as const },
  ].sort((left, right) => right.count - left.count);
  const [best] = found;
  const least = Math.min(missing.length, unexpected.length) / 2;
  return best === undefined || best.count === 0 || best.count < least ? null : best;
}

/** The most frequent P for which P + key of `short` is a key of `long`. */
function bestPrefix(
  long: readonly string[],
  short: readonly string[],
): { prefix: string; count: number } {
  const known = new Set(long);
  let best = { prefix: "", count: 0 };
  const tried = new Set<string>();
  for (const key of short.slice(0, MAX_TRIED)) {
    for (const other of long) {
      const prefix = other.endsWith(key) ? other.slice(0, -key.length) : "";
      if (prefix === "" || tried.has(prefix) || !/[./]$/.test(prefix)) continue;
      tried.add(prefix);
      const count = short.filter((each) => known.has(prefix + each)).length;
      if (count > best.count) best = { prefix, count };
      if (tried.size > 3 * MAX_TRIED) return best;
    }
  }
  return best;
}
