/**
 * Names the layers that stand around a module and that a run does not compute: normalisation, convolution, dropout.
 *
 * A state_dict has its layers in the order in which the model defines them; formats that sort names have lost it.
 */
import type { Archive } from "../../formats/base/archive";
import type { TorchModule } from "../../formats/base/declared";
import { text, type Text } from "../../core/text";
import type { TensorEntry } from "../../tensor/tensor";
import type { RecurrentModule } from "./find";
import { recurrentSources } from "./layerIndex";

/** Layers that a sentence names on each side of a module, the nearest ones. */
const maxNamed = 4;

/** Levels of names between one that both stand below and a layer that is still around the module. */
const maxLevels = 3;

/** Levels above a module that are looked at. */
const maxScopes = 16;

/** A layer that is not recurrent. */
interface Layer {
  /** With its last separator. */
  readonly prefix: string;
  /** `conv = nn.Conv1d(8, 16, 3)` */
  readonly line: string;
  /** Index of its first tensor in the file. */
  readonly order: number;
}

/** The tensors below one prefix. */
type Group = ReadonlyMap<string, TensorEntry>;

export class LayersBeside {
  /** By each of the levels that they stand near below, in the order of the file. */
  readonly #layers: ReadonlyMap<string, readonly Layer[]>;
  readonly #order = new Map<string, number>();
  readonly #isOrdered: boolean;
  /** They have no tensors: a file names them where it has whole modules. */
  readonly #dropouts: readonly Pick<Layer, "prefix" | "line">[];

  constructor({ entries, declared, format }: Pick<Archive, "entries" | "declared" | "format">) {
    this.#isOrdered = format === "pytorch";
    const recurrent = recurrentSources(entries);
    const groups = new Map<string, { order: number; group: Map<string, TensorEntry> }>();
    entries.forEach((entry, order) => {
      this.#order.set(entry.name, order);
      if (entry.origin !== undefined || recurrent.has(entry.name)) return;
      const [, prefix = "", own = ""] = /^(.*[./])([^./]+)$/s.exec(entry.name) ?? [];
      const known = groups.get(prefix) ?? { order, group: new Map<string, TensorEntry>() };
      known.group.set(own, entry);
      groups.set(prefix, known);
    });
    const classes = new Map(
      declared.flatMap((module) =>
        module.framework === "pytorch" ? [[module.prefix, module] as const] : [],
      ),
    );
    this.#dropouts = [...classes.values()].flatMap(({ prefix, className, attributes }) => {
      const rate = attributes.get("p");
      if (!/^\w*Dropout\w*$/.test(className) || typeof rate !== "number") return [];
      return [{ prefix, line: `${bare(prefix)} = nn.${className}(${rate})` }];
    });
    const layers = new Map<string, Layer[]>();
    for (const [prefix, { order, group }] of groups) {
      const line = lineOf(group, classes.get(prefix));
      if (line === null) continue;
      const layer = { prefix, order, line: `${bare(prefix)} = ${line}` };
      for (const scope of scopesOf(prefix, maxLevels)) {
        const known = layers.get(scope) ?? [];
        known.push(layer);
        layers.set(scope, known);
      }
    }
    this.#layers = layers;
  }

  /** What stands before and behind a module, beside the layers in `used`, which a run computes. */
  around(
    { prefix, entries, facts }: RecurrentModule,
    used: readonly (string | null)[],
  ): readonly Text[] {
    if (facts.framework === "ONNX" || facts.framework === "Keras") return [];
    const scopes = scopesOf(prefix, maxScopes);
    const [parent = ""] = scopes;
    const isNear = (layer: Pick<Layer, "prefix">): boolean =>
      layer.prefix.startsWith(parent) && levels(layer.prefix.slice(parent.length)) <= maxLevels;
    const dropouts = this.#dropouts.filter(isNear).slice(0, maxNamed);
    const [first] = entries.values();
    const at = this.#order.get(first?.origin?.from[0] ?? first?.name ?? "") ?? 0;
    const isUsed = (layer: Layer): boolean => used.includes(bare(layer.prefix));
    const before = this.#nearest(scopes, at, -1, isUsed).reverse();
    const behind = this.#nearest(scopes, at, 1, isUsed);
    return [
      ...this.#sentences(linesOf(before), linesOf(behind)),
      ...(dropouts.length === 0
        ? []
        : [text("{0}: does nothing in eval mode, as here", linesOf(dropouts))]),
    ];
  }

  /**
   * The nearest layers on one side of a place in the file, below the lowest of the levels that has any there: of an
   * encoder, what stands within the encoder; else what stands beside it.
   */
  #nearest(
    scopes: readonly string[],
    at: number,
    way: -1 | 1,
    isUsed: (layer: Layer) => boolean,
  ): Layer[] {
    for (const scope of scopes) {
      const layers = this.#layers.get(scope) ?? [];
      const split = firstFrom(layers, at);
      const found: Layer[] = [];
      for (let index = way < 0 ? split - 1 : split; found.length < maxNamed; index += way) {
        const layer = layers[index];
        if (layer === undefined) break;
        if (!isUsed(layer)) found.push(layer);
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  #sentences(before: readonly string[], behind: readonly string[]): readonly Text[] {
    if (!this.#isOrdered) {
      const all = [...before, ...behind];
      return all.length === 0
        ? []
        : [text("beside it the file has {0}, which a run does not compute", all)];
    }
    return [
      ...(before.length === 0
        ? []
        : [
            text(
              "before it the file has {0}, which a run does not compute: give their result",
              before,
            ),
          ]),
      ...(behind.length === 0
        ? []
        : [text("behind it the file has {0}, which a run does not compute", behind)]),
    ];
  }
}

/** The levels that a prefix stands below, the lowest first; "" is the last of them. */
function scopesOf(prefix: string, most: number): readonly string[] {
  const scopes: string[] = [];
  let end = prefix.length - 1;
  while (end >= 0 && scopes.length < most) {
    end = 1 + Math.max(prefix.lastIndexOf(".", end - 1), prefix.lastIndexOf("/", end - 1));
    scopes.push(prefix.slice(0, end));
    end -= 1;
  }
  return scopes.length === 0 ? [""] : scopes;
}

/** The index of the first layer that stands at a place of the file or behind it. */
function firstFrom(layers: readonly Layer[], at: number): number {
  let [low, high] = [0, layers.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((layers[middle]?.order ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function linesOf(layers: readonly Pick<Layer, "line">[]): readonly string[] {
  return layers.map(({ line }) => line);
}

/** The constructor of a layer by the names and shapes of its tensors; null for what is no such layer. */
function lineOf(group: Group, declared: TorchModule | undefined): string | null {
  const weight = group.get("weight");
  if (weight === undefined) return null;
  const [out = 0, features = 0, ...kernel] = weight.shape;
  switch (weight.shape.length) {
    case 1:
      return normLine(group, out, declared);
    case 2:
      return linearLine(group, out, features);
    case 3:
    case 4:
    case 5:
      return `nn.Conv${kernel.length}d(${features}, ${out}, ${kernelText(kernel)})`;
    default:
      return null;
  }
}

/** What has a bias for its rows; or for its columns, as PaddlePaddle and TensorFlow have their layers. */
function linearLine(group: Group, rows: number, columns: number): string | null {
  const [units] = group.get("bias")?.shape ?? [];
  if (units === rows) return `nn.Linear(${columns}, ${rows})`;
  return units === columns ? `nn.Linear(${rows}, ${columns})` : null;
}

function kernelText(kernel: readonly number[]): string {
  const [first = 0] = kernel;
  return kernel.every((size) => size === first) ? String(first) : `(${kernel.join(", ")})`;
}

/** Only a batch norm has statistics, and only one without them may lack a bias. */
function normLine(group: Group, units: number, declared: TorchModule | undefined): string {
  if (declared !== undefined) return `nn.${declared.className}(${units})`;
  if (group.has("running_mean")) return `BatchNorm(${units})`;
  return group.has("bias") ? `LayerNorm(${units})` : `RMSNorm(${units})`;
}

function levels(name: string): number {
  return name.split(/[./]/).length - 1;
}

function bare(prefix: string): string {
  return prefix.replace(/[./]$/, "");
}
