/**
 * The module that a map gives: its parameters as recipes, behind the tensors of the archive, and first of its modules.
 */
import { UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { TensorEntry } from "../../tensor/tensor";
import type { RecurrentConfig } from "../config";
import { withEntries, type ModuleArchive } from "../derive/derive";
import type { DerivedEntry } from "../derive/base/derived";
import {
  recipeEntry,
  type RecipeSource,
  type SlotRecipe,
  type SlotSource,
} from "../derive/base/recipe";
import { noFacts, type ModuleFacts } from "../facts";
import type { RecurrentModule } from "../find/find";
import { eachParameter, type Parameter } from "../parameters";
import { checkIn, type MapCheck } from "./check";
import { conventionsOf, type Conventions } from "./conventions";
import type { ModuleMap } from "./map";
import { placePart } from "./place";
import { mapSentence, noteSentence } from "./sentences";
import { entryNamed, type EntryLookup } from "./sizes";
import {
  columnsOfRole,
  gatedParts,
  gatesOfRole,
  placedAs,
  rowsOfGate,
  type GatedPart,
} from "./slots";

/** A map, and what is said about where it stands. */
export interface GivenMap {
  readonly map: ModuleMap;
  /** The file that it was read from; absent of one that stands in a run file. */
  readonly file?: string;
}

/** The name of a mapped module, as far as no tensor of the file begins with it. */
const mappedPrefix = "mapped";

/**
 * The archive with the module of a map as the first of its modules; its parameters are computed when they are read.
 * @throws UnsupportedError for a map that does not fit the tensors, with the first reason.
 */
export function withMappedModule(
  file: string,
  archive: ModuleArchive,
  { map, file: mapFile }: GivenMap,
): ModuleArchive {
  const entryOf = entryNamed(archive.entries);
  const check = checkIn(map, archive.entries, entryOf);
  const sentence = mapSentence(check);
  if (sentence !== null || check.config === null) {
    throw new UnsupportedError(
      { file },
      text("its map does not fit: {0}", sentence ?? text("its sizes are not known")),
      mapFile === undefined ? {} : { data: { file: mapFile } },
    );
  }
  const { config } = check;
  const prefix = freePrefix(archive.entries);
  const derived = mappedEntries(map, config, { prefix, archive, entryOf });
  const module: RecurrentModule = {
    prefix,
    config,
    facts: {
      ...factsOf(config, conventionsOf(map), check),
      batchFirst: map.batchFirst ?? null,
      nonlinearity: map.nonlinearity ?? null,
    },
    entries: new Map(derived.map(({ entry }) => [entry.name.slice(prefix.length), entry])),
  };
  return { ...withEntries(file, archive, derived), modules: [module, ...archive.modules] };
}

function freePrefix(entries: readonly TensorEntry[]): string {
  const taken = new Set(
    entries.map(({ name }) => name.slice(0, Math.max(0, name.indexOf(".") + 1))),
  );
  let prefix = `${mappedPrefix}.`;
  for (let count = 2; taken.has(prefix); count++) prefix = `${mappedPrefix}${count}.`;
  return prefix;
}

interface MappedFrame {
  readonly prefix: string;
  readonly archive: ModuleArchive;
  readonly entryOf: EntryLookup;
}

/** The parameters of the module in PyTorch's order. */
function mappedEntries(
  map: ModuleMap,
  config: RecurrentConfig,
  { prefix, archive, entryOf }: MappedFrame,
): readonly DerivedEntry[] {
  const conventions = conventionsOf(map);
  const known = (name: string): TensorEntry => {
    const entry = entryOf(name);
    if (entry === undefined) throw new Error(`a checked map names ${name}, which is no entry`);
    return entry;
  };
  const source: RecipeSource = { archive, entryOf: known };
  const like = firstTensor(map, conventions) ?? "";
  return [...eachParameter(config)].map((parameter) => {
    const parts = gatedParts(map.slots[parameter.name], parameter.role, {
      kind: map.kind,
      conventions,
    });
    const recipe = recipeOf(parameter, parts, { config, conventions, entryOf: known });
    return recipeEntry(source, prefix + parameter.name, recipe, like);
  });
}

/** The tensor whose dtype zeros have. */
function firstTensor(map: ModuleMap, conventions: Conventions): string | undefined {
  const [part] = gatedParts(map.slots["weight_hh_l0"], "weightHh", { kind: map.kind, conventions });
  return part?.part.tensor;
}

interface RecipeFrame {
  readonly config: RecurrentConfig;
  readonly conventions: Conventions;
  readonly entryOf: (name: string) => TensorEntry;
}

function recipeOf(
  { name, role, layer }: Parameter,
  parts: readonly GatedPart[],
  { config, conventions, entryOf }: RecipeFrame,
): SlotRecipe {
  const columns = columnsOfRole(config, role, layer);
  const isTurned = conventions.updateTurned && role !== "weightHr" && role !== "peephole";
  const { forgetBias } = conventions;
  return {
    slot: name,
    gates: gatesOfRole(config.cell, role),
    rows: rowsOfGate(config, role),
    ...(columns === undefined ? {} : { columns }),
    from: parts.map((part) => slotSource(part, entryOf(part.part.tensor), { role, layer })),
    ...(role === "biasHh" && forgetBias !== 0 ? { plus: { f: forgetBias } } : {}),
    ...(isTurned ? { negated: ["z"] } : {}),
  };
}

function slotSource(
  { part, gates, isTransposed }: GatedPart,
  entry: TensorEntry,
  slot: Pick<Parameter, "role" | "layer">,
): SlotSource {
  const placed = placePart(part, entry, placedAs(slot, isTransposed));
  if (!("start" in placed)) throw new Error(`a checked part of ${part.tensor} has no place`);
  const { start, isTransposed: isTurned } = placed;
  return { tensor: part.tensor, start, gates, ...(isTurned ? { isTransposed: true } : {}) };
}

function factsOf(
  { variant, reverseOnly = false }: RecurrentConfig,
  { forgetBias, updateTurned }: Conventions,
  { notes }: MapCheck,
): ModuleFacts {
  const said: Text[] = [
    text("its tensors are assigned by a map"),
    ...(forgetBias === 0
      ? []
      : [
          text("it adds {0} to the forget gate in every step, which stands in bias_hh", forgetBias),
        ]),
    ...(updateTurned
      ? [text("its update gate is PyTorch's 1 − z: the weights of z change their sign")]
      : []),
    ...notes.filter(({ kind }) => kind !== "unused").map(noteSentence),
  ];
  return { ...noFacts, variant, reverseOnly, remarks: said };
}
