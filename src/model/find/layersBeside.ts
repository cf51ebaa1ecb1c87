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

/** Levels of names between a module's parent and a layer that is still around it. */
const maxLevels = 2;

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
  readonly #layers: readonly Layer[];
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
    this.#layers = [...groups].flatMap(([prefix, { order, group }]) => {
      const line = lineOf(group, classes.get(prefix));
      return line === null ? [] : [{ prefix, order, line: `${bare(prefix)} = ${line}` }];
    });
  }

  /** What stands before and behind a module, beside the layers in `used`, which a run computes. */
  around(
    { prefix, entries, facts }: RecurrentModule,
    used: readonly (string | null)[],
  ): readonly Text[] {
    if (facts.framework === "ONNX" || facts.framework === "Keras") return [];
    const parent = /^(.*[./])[^./]+[./]$/s.exec(prefix)?.[1] ?? "";
    const isNear = (layer: Pick<Layer, "prefix">): boolean =>
      layer.prefix.startsWith(parent) &&
      levels(layer.prefix.slice(parent.length)) <= maxLevels &&
      !used.includes(bare(layer.prefix));
    const near = this.#layers.filter(isNear);
    const dropouts = this.#dropouts.filter(isNear).slice(0, maxNamed);
    const [first] = entries.values();
    const at = this.#order.get(first?.origin?.from[0] ?? first?.name ?? "") ?? 0;
    const before = near.filter(({ order }) => order < at).slice(-maxNamed);
    const behind = near.filter(({ order }) => order >= at).slice(0, maxNamed);
    return [
      ...this.#sentences(linesOf(before), linesOf(behind)),
      ...(dropouts.length === 0
        ? []
        : [text("{0}: does nothing in eval mode, as here", linesOf(dropouts))]),
    ];
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
      return group.get("bias")?.shape[0] === out ? `nn.Linear(${features}, ${out})` : null;
    case 3:
    case 4:
    case 5:
      return `nn.Conv${kernel.length}d(${features}, ${out}, ${kernelText(kernel)})`;
    default:
      return null;
  }
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
