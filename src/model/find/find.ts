/**
 * Finds the recurrent modules of an archive by the names and shapes of its tensors.
 *
 * Names are those of torch.nn.RNN, LSTM and GRU (`weight_ih_l0`, `…_reverse`) and of their cell classes
 * (`weight_ih`). Sizes are those that the most tensors agree with, so that one misfitting tensor is reported as such
 * by the shape check and does not hide the module.
 */
import { elementCount, sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import { pytorchVariant, type CellKind, type RecurrentConfig } from "../config";
import { noFacts, type ModuleFacts } from "../facts";
import { gateCount } from "../gates";
import {
  eachParameter,
  hasPlace,
  parameterCount,
  parameterShape,
  placeOf,
  type ParameterPlace,
} from "../parameters";
import { text, type Text } from "../../core/text";

/** A recurrent module in an archive. */
export interface RecurrentModule {
  /** The part of the entries' names before `weight_ih…`, e.g. `encoder.rnn.`; often empty. */
  readonly prefix: string;
  /** `batchFirst`, `nonlinearity` and `variant` are as the file says, else PyTorch's defaults. */
  readonly config: RecurrentConfig;
  /** The facts that the file states beyond names and shapes. */
  readonly facts: ModuleFacts;
  /** Entries whose names look like this module's parameters, by name without the prefix. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

const layeredName = /^(.*?)((?:(?:weight|bias)_[a-z]{2}|peephole)_l(\d+)(_reverse)?)$/s;
const cellName = /^(.*?)((?:weight|bias)_(?:ih|hh)|peephole)$/s;
const cellKinds: readonly CellKind[] = ["RNN", "GRU", "LSTM"];

/**
 * More layers than any real network has: a name such as `weight_ih_l999999999` is not accepted, unless its module has
 * as many tensors.
 */
const maxLayers = 1024;

/** A module has ten tensors in its first layer; a file that claims more sizes than that is not accepted. */
const maxCandidates = 16;

/** The recurrent modules of an archive, in the order of their first entry; `facts` by their prefixes. */
export function findModules(
  entries: readonly TensorEntry[],
  facts: ReadonlyMap<string, ModuleFacts> = new Map(),
): RecurrentModule[] {
  const layered = groupByPrefix(entries, layeredName);
  const cells = groupByPrefix(entries, cellName);
  const modules: RecurrentModule[] = [];
  const add = (prefix: string, group: RecurrentModule["entries"], isCellClass: boolean): void => {
    const known = facts.get(prefix) ?? noFacts;
    const config = withFacts(inferConfig(group, isCellClass), known);
    modules.push({ prefix, config, facts: known, entries: group });
  };
  const isMatrix = (entry: TensorEntry | undefined): boolean => entry?.shape.length === 2;
  for (const [prefix, group] of layered) {
    const found = [group.get("weight_ih_l0"), group.get("weight_hh_l0")];
    if (found.some(isMatrix)) add(prefix, group, false);
  }
  for (const [prefix, group] of cells) {
    if (group.has("weight_ih") && group.has("weight_hh")) add(prefix, group, true);
  }
  return modules;
}

/** Constructor arguments that follow neither from the file's facts nor from its tensors, by PyTorch's names. */
export function unknownArguments({ config, facts }: RecurrentModule): string[] {
  const { cell, isCellClass, numLayers } = config;
  return [
    ...(cell === "RNN" && facts.nonlinearity === null ? ["nonlinearity"] : []),
    ...(!isCellClass && facts.batchFirst === null ? ["batch_first"] : []),
    // Between layers only: with one layer it changes nothing.
    ...(!isCellClass && numLayers > 1 && facts.dropout === null ? ["dropout"] : []),
  ];
}

/** The sentence about the missing tensors of a module that cannot run without them; none for a complete module. */
export function incompleteness({ config, entries }: RecurrentModule): readonly Text[] {
  let missing = parameterCount(config);
  for (const name of entries.keys()) {
    const place = placeOf(name, config.isCellClass);
    if (place !== undefined && hasPlace(config, place)) missing -= 1;
  }
  if (missing === 0) return [];
  const first = firstMissing(config, entries);
  return [
    missing === 1
      ? text("incomplete: {0} is missing", first)
      : text("incomplete: {0} and {1} more are missing", first, missing - 1),
  ];
}

function firstMissing(config: RecurrentConfig, entries: RecurrentModule["entries"]): string {
  for (const { name } of eachParameter(config)) {
    if (!entries.has(name)) return name;
  }
  return "";
}

function withFacts(config: RecurrentConfig, facts: ModuleFacts): RecurrentConfig {
  return {
    ...config,
    batchFirst: facts.batchFirst ?? config.batchFirst,
    nonlinearity: facts.nonlinearity ?? config.nonlinearity,
    variant: { ...config.variant, ...facts.variant },
    ...(facts.reverseOnly && !config.bidirectional ? { reverseOnly: true } : {}),
  };
}

/** The module of a prefix, which may lack its last dot, or be a unique ending of the full prefix. */
export function moduleNamed<Module extends { readonly prefix: string }>(
  modules: readonly Module[],
  name: string,
): Module | undefined {
  const bare = (prefix: string): string => prefix.replace(/[./]$/, "");
  const exact = modules.find(({ prefix }) => bare(prefix) === bare(name));
  const ending = modules.filter(({ prefix }) => bare(prefix).endsWith(`.${bare(name)}`));
  return exact ?? (ending.length === 1 ? ending[0] : undefined);
}

function groupByPrefix(
  entries: readonly TensorEntry[],
  pattern: RegExp,
): Map<string, Map<string, TensorEntry>> {
  const groups = new Map<string, Map<string, TensorEntry>>();
  for (const entry of entries) {
    const match = pattern.exec(entry.name);
    if (match === null) continue;
    const [, prefix = "", name = ""] = match;
    const group = groups.get(prefix) ?? new Map<string, TensorEntry>();
    group.set(name, entry);
    groups.set(prefix, group);
  }
  for (const group of groups.values()) dropUnbelieved(group);
  return groups;
}

function dropUnbelieved(group: Map<string, TensorEntry>): void {
  const believed = Math.max(maxLayers, group.size);
  for (const name of group.keys()) {
    if (layerOf(name) >= believed) group.delete(name);
  }
}

/** The layer in the name of a parameter; 0 for that of a cell class. */
function layerOf(name: string): number {
  return Number(/_l(\d+)/.exec(name)?.[1] ?? 0);
}

/** Tries every plausible (cell, hidden size) and keeps the one that the most tensors fit. */
function inferConfig(
  group: ReadonlyMap<string, TensorEntry>,
  isCellClass: boolean,
): RecurrentConfig {
  const suffix = isCellClass ? "" : "_l0";
  const shapeOf = (name: string): Shape => group.get(name + suffix)?.shape ?? [];
  const input = shapeOf("weight_ih");
  const projection = shapeOf("weight_hr");
  const fixed = { ...countedFrom([...group.keys()], isCellClass), projSize: projection[0] ?? 0 };
  const columns = projection[1] ?? shapeOf("weight_hh")[1];
  const placed = placesIn(group, isCellClass);
  let best: RecurrentConfig = { ...fixed, cell: "RNN", hiddenSize: 0, inputSize: input[1] ?? 0 };
  let bestFits = -1;
  for (const cell of cellKinds) {
    for (const hiddenSize of hiddenSizes(group, cell, columns)) {
      const rows = gateCount(cell) * hiddenSize;
      const config = { ...fixed, cell, hiddenSize, inputSize: inputSizeOf(input, rows) };
      const fits = countFits(config, placed);
      if (fits > bestFits) [best, bestFits] = [config, fits];
    }
  }
  return best;
}

/** The properties of a module that follow from the names alone. */
function countedFrom(
  names: readonly string[],
  isCellClass: boolean,
): Omit<RecurrentConfig, "cell" | "hiddenSize" | "inputSize" | "projSize"> {
  return {
    isCellClass,
    numLayers: 1 + names.reduce((highest, name) => Math.max(highest, layerOf(name)), 0),
    bidirectional: names.some((name) => name.endsWith("_reverse")),
    bias: names.some((name) => name.startsWith("bias_")),
    batchFirst: false,
    nonlinearity: "tanh",
    variant: {
      ...pytorchVariant,
      peephole: names.some((name) => name.startsWith("peephole")),
    },
  };
}

/** Columns of `weight_ih`; its rows when it was saved transposed. */
function inputSizeOf(shape: Shape, rows: number): number {
  const [first = 0, second = 0] = shape;
  return first !== rows && second === rows ? first : second;
}

/** Hidden sizes that at least one tensor has; those of the columns of `weight_hh` come first. */
function hiddenSizes(
  group: ReadonlyMap<string, TensorEntry>,
  cell: CellKind,
  columns: number | undefined,
): Set<number> {
  const sizes = new Set<number>(columns === undefined ? [] : [columns]);
  for (const [name, { shape }] of group) {
    if (sizes.size >= maxCandidates) break;
    const rows = shape[0] ?? 0;
    if (!/_l[1-9]/.test(name) && rows % gateCount(cell) === 0) sizes.add(rows / gateCount(cell));
  }
  sizes.delete(0);
  return sizes;
}

/** An entry, and the place that its name gives it. */
type Placed = ParameterPlace & Pick<TensorEntry, "shape">;

/** The entries that are parameters by their names. */
function placesIn(group: ReadonlyMap<string, TensorEntry>, isCellClass: boolean): Placed[] {
  const placed: Placed[] = [];
  for (const [name, { shape }] of group) {
    const place = placeOf(name, isCellClass);
    if (place !== undefined && elementCount(shape) > 0) placed.push({ ...place, shape });
  }
  return placed;
}

/** Number of tensors that have the shape the configuration expects. */
function countFits(config: RecurrentConfig, placed: readonly Placed[]): number {
  let fits = 0;
  for (const place of placed) {
    const isExpected = sameShape(place.shape, parameterShape(config, place.role, place.layer));
    if (isExpected && hasPlace(config, place)) fits++;
  }
  return fits;
}
