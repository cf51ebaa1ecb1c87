/**
 * Tensors under a module's prefix that its cell does not use, such as a layer norm or a peephole.
 *
 * A module with such tensors is rarely the plain cell that its other names suggest, so a run notes that they are ignored.
 */
import type { TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { RecurrentModule } from "./find";
import { parameterNamed } from "../parameters";

/** Where a part of a name begins, and how a name goes on behind what it says: `_l0_reverse`, `1`, `.weight`. */
const begin = "(?:^|[._/])";
const ownBegin = "(?:^|[./])";
const tail = String.raw`(?:_?\d+)?(?:_l\d+)?(?:_reverse)?(?:[._/](?:weight|bias|data))?$`;

const named = (...patterns: string[]): RegExp => new RegExp(patterns.join("|"), "i");

/** The meanings of the parts of a name, in the order in which they are tried. Only whole parts match. */
const looks: readonly (readonly [RegExp, Text])[] = [
  [
    named("running_(?:mean|var)$", String.raw`${begin}(?:bn|batch_?norm(?:1d)?)(?:[._/\d]|$)`),
    text("batch normalisation"),
  ],
  [
    named(
      String.raw`${begin}(?:ln|layer_?norm)(?:[._/\d]|$)`,
      // In weight_norm and spectral_norm, "norm" is no layer; "beta" alone is ambiguous.
      String.raw`${ownBegin}norm(?:[._/\d]|$)`,
      String.raw`${begin}gamma(?:[._/\d]|$)`,
    ),
    text("layer normalisation"),
  ],
  [
    named(
      `${ownBegin}(?:weights?_|w_?)?c[ifo]${tail}`,
      `${ownBegin}w_[ifo]_diag${tail}`,
      String.raw`${begin}peep(?:holes?)?(?:[._/\d]|$)`,
    ),
    text("peephole weights"),
  ],
  [
    named(
      `${ownBegin}(?:(?:init|initial|learned|start)_?)?(?:[hc]_?0|[hc]x)${tail}`,
      `${ownBegin}(?:init|initial|learned|start)(?:_?(?:hidden|cell|[hc]))?(?:_?states?)?${tail}`,
      `${ownBegin}(?:hidden|cell|[hc])_?(?:init|initial)${tail}`,
      `${ownBegin}(?:(?:hidden|cell|prev)_?)?states?${tail}`,
    ),
    text("an initial state"),
  ],
  [
    named(`${begin}bias(?:[._/]|$)`, String.raw`${ownBegin}b(?:_\w+)?$`),
    text("a bias that torch.nn has not"),
  ],
];

/** Names that stand directly under the empty prefix only where the whole file is the module. */
const PARAMETER_LIKE = /^(?:weights?|bias|peepholes?|gamma|beta)(?:[_\d]|$)|^[wbu]_/i;

/** Counters and flags of layers: no arithmetic of theirs is left out. */
const COUNTER = /num_batches_tracked$|(?:^|[._])(?:version|_extra_state|_flat_weights.*)$/;

/** Each level is a prefix to look up, as long as the name: one of a million dots would take minutes. */
const maxLevels = 64;

/**
 * A sentence for each module, by prefix, that has tensors of its own which its cell does not use. Takes time for the
 * names that are there. `used` are those that other tensors were made from.
 */
export function leftoverSentences(
  entries: readonly TensorEntry[],
  modules: readonly RecurrentModule[],
  used: ReadonlySet<string>,
): ReadonlyMap<string, Text> {
  const known = new Map(modules.map((module) => [module.prefix, module]));
  const left = new Map<string, string[]>();
  for (const entry of entries) {
    if (entry.origin !== undefined || used.has(entry.name) || COUNTER.test(entry.name)) continue;
    const module = ownerOf(entry.name, known);
    if (module === undefined || !isLeft(entry, module)) continue;
    const names = left.get(module.prefix) ?? [];
    names.push(entry.name.slice(module.prefix.length));
    left.set(module.prefix, names);
  }
  return new Map([...left].map(([prefix, names]) => [prefix, sentenceOf(names)]));
}

/** The module with the longest prefix of the name. */
function ownerOf(
  name: string,
  modules: ReadonlyMap<string, RecurrentModule>,
): RecurrentModule | undefined {
  let owner = modules.get("");
  let levels = 0;
  for (let end = 1; end <= name.length && levels < maxLevels; end += 1) {
    if (name[end - 1] !== "." && name[end - 1] !== "/") continue;
    levels += 1;
    owner = modules.get(name.slice(0, end)) ?? owner;
  }
  return owner;
}

function isLeft({ name, shape }: TensorEntry, { prefix, config }: RecurrentModule): boolean {
  const own = name.slice(prefix.length);
  if (parameterNamed(config, own) !== undefined) return false;
  const isDirect = !/[./]/.test(own);
  if (prefix === "" && isDirect) return PARAMETER_LIKE.test(own);
  // A matrix under a name of its own is a layer that stands beside the cell, such as a linear one.
  return isDirect || (shape.length <= 1 && prefix !== "" && !isOfLayer(own));
}

/** The bias of a layer that stands beside the cell belongs to it. */
function isOfLayer(own: string): boolean {
  return /[./]bias$/.test(own) && !looks.slice(0, 2).some(([name]) => name.test(own));
}

function sentenceOf(names: readonly string[]): Text {
  const look = looks.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  return look === undefined
    ? text("beside its cell it has {0}, which a run leaves out", names)
    : text("beside its cell it has {0}, which looks like {1}; a run leaves it out", names, look);
}
