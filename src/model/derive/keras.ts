/**
 * Recurrent, embedding and dense layers of Keras in PyTorch's names, shapes and gate order.
 *
 * Sources: keras/src/layers/rnn/lstm.py, gru.py, simple_rnn.py and bidirectional.py. A kernel is (I, G·H), nn.LSTM's
 * weight_ih its transpose with the gates in another order (gates.ts). An LSTM has one bias, which becomes bias_ih;
 * bias_hh is zero then. So has a GRU with reset_after=False; one with reset_after=True has both as rows of one tensor.
 */
import type { Archive } from "../../formats/base/archive";
import type {
  DeclaredModule,
  KerasLayer,
  KerasRecurrent,
  KerasWeights,
} from "../../formats/base/declared";
import { joined, picked, reshaped, type BoxSource } from "../../tensor/boxSource";
import { byteWidth } from "../../tensor/dtype";
import type { Box, RawValues } from "../../tensor/raw";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { Direction } from "../config";
import type { DerivedEntry, DerivedModules } from "./base/derived";
import type { ModuleFacts } from "../facts";
import { gateOrder, gateSources } from "../gates";
import { kerasFacts } from "./kerasFacts";
import { deriveKerasStacks, type DerivedLayer } from "./kerasStacks";
import { parameterName, type ParameterRole } from "../parameters";
import { stackedEntry, type DerivedBlock } from "./base/stackedEntry";

type Source = Pick<Archive, "entries" | "declared" | "readBox">;

/** The layers of Keras that an archive declares; entries are named after their layer, `lstm.weight_ih_l0`. */
export function deriveKeras(archive: Source): DerivedModules {
  const known = new Map(archive.entries.map((entry) => [entry.name, entry]));
  const layers = new Layers(archive, known);
  const entries: DerivedEntry[] = [];
  const facts = new Map<string, ModuleFacts>();
  const recurrent: DerivedLayer[] = [];
  for (const module of archive.declared) {
    if (!isKeras(module)) continue;
    if (module.kind === "recurrent") {
      const own = layers.recurrent(module);
      recurrent.push({ module, entries: own });
      entries.push(...own);
      facts.set(`${module.name}.`, kerasFacts(module));
    } else {
      entries.push(...layers.plain(module));
    }
  }
  const stacks = deriveKerasStacks(recurrent);
  return {
    // What runs as one comes before its parts, as the first module is shown where none is named.
    entries: [...stacks.entries, ...entries],
    facts: new Map([...facts, ...stacks.facts]),
  };
}

function isKeras(module: DeclaredModule): module is KerasRecurrent | KerasLayer {
  return module.framework === "keras";
}

/** Which tensors become which parameter. */
interface Parameter {
  readonly module: KerasRecurrent;
  readonly direction: Direction;
  readonly role: ParameterRole;
  readonly units: number;
}

/** A tensor with all gates, or one for each. */
type Sources = readonly [TensorEntry, ...TensorEntry[]];

/** Where a gate of Keras' order lies: the tensor, and its first column in it. */
function gateIn(
  from: Sources,
  gate: number,
  units: number,
): { readonly entry: TensorEntry; readonly column: number } {
  const [first] = from;
  return from.length === 1
    ? { entry: first, column: gate * units }
    : { entry: from[gate] ?? first, column: 0 };
}

class Layers {
  readonly #archive: Source;
  readonly #entries: ReadonlyMap<string, TensorEntry>;

  constructor(archive: Source, entries: ReadonlyMap<string, TensorEntry>) {
    this.#archive = archive;
    this.#entries = entries;
  }

  recurrent(module: KerasRecurrent): DerivedEntry[] {
    const forward = this.#direction(module, "forward", module.forward);
    if (module.backward === null) return forward;
    return [...forward, ...this.#direction(module, "reverse", module.backward)];
  }

  /** An embedding's table is as PyTorch has it; a dense kernel (in, out) is the transpose of nn.Linear's weight. */
  plain({ kind, name, weight, bias }: KerasLayer): DerivedEntry[] {
    const from = this.#entry(weight);
    const [rows = 0, columns = 0] = from.shape;
    const isTable = kind === "embedding";
    const block = {
      rows: isTable ? rows : columns,
      from: { entry: from, start: [0, 0], axes: isTable ? [0, 1] : [1, 0] },
    };
    const derived = [
      stackedEntry(this.#archive, {
        name: `${name}.weight`,
        dtype: from.dtype,
        blocks: [block],
        columns: [isTable ? columns : rows],
        how: isTable ? text("as it is") : text("transposed"),
      }),
    ];
    if (bias === null) return derived;
    const entry = this.#entry(bias);
    const all = { rows: entry.shape[0] ?? 0, from: { entry, start: [0], axes: [0] } };
    const stacking = { name: `${name}.bias`, dtype: entry.dtype, blocks: [all], columns: [] };
    return [...derived, stackedEntry(this.#archive, { ...stacking, how: text("as it is") })];
  }

  #direction(module: KerasRecurrent, direction: Direction, weights: KerasWeights): DerivedEntry[] {
    const kernel = this.#all(weights.kernel);
    const recurrent = this.#all(weights.recurrentKernel);
    const units = recurrent[0].shape[0] ?? 0;
    const place = { module, direction, units };
    return [
      this.#matrix({ ...place, role: "weightIh" }, kernel),
      this.#matrix({ ...place, role: "weightHh" }, recurrent),
      ...(weights.bias === null
        ? []
        : [
            this.#bias({ ...place, role: "biasIh" }, this.#all(weights.bias)),
            this.#bias({ ...place, role: "biasHh" }, this.#all(weights.bias)),
          ]),
    ];
  }

  #matrix(parameter: Parameter, from: Sources): DerivedEntry {
    const { module, units } = parameter;
    const { cell, isCudnn } = module;
    const gates = gateSources("Keras", cell);
    const [first] = from;
    if (isCudnn)
      return cudnnMatrix(this.#archive, nameOf(parameter), first, { gates, units, cell });
    const blocks = gates.map((gate) => {
      const { entry, column } = gateIn(from, gate, units);
      return { rows: units, from: { entry, start: [0, column], axes: [1, 0] } };
    });
    return stackedEntry(this.#archive, {
      name: nameOf(parameter),
      dtype: first.dtype,
      blocks,
      columns: [first.shape[0] ?? 0],
      how: howOf(cell, "matrix", from.length > 1),
    });
  }

  /** Of a bias (2, G·H) the row of the product it belongs to; of a bias (G·H) all, and zeros for the product with h. */
  #bias(parameter: Parameter, from: Sources): DerivedEntry {
    const { module, units } = parameter;
    const { cell, isCudnn } = module;
    const ofState = parameter.role === "biasHh";
    const [first] = from;
    const isDouble = first.shape.length === 2;
    const gates = gateSources("Keras", cell);
    const isZero = ofState && !isDouble && !isCudnn;
    const half = ofState && isCudnn ? gates.length * units : 0;
    const blocks: DerivedBlock[] = isZero
      ? [{ rows: gates.length * units, from: null }]
      : gates.map((gate) => {
          const { entry, column } = gateIn(from, gate, units);
          return {
            rows: units,
            from: isDouble
              ? { entry, start: [ofState ? 1 : 0, column], axes: [1] }
              : { entry, start: [half + column], axes: [0] },
          };
        });
    return stackedEntry(this.#archive, {
      name: nameOf(parameter),
      dtype: first.dtype,
      blocks,
      columns: [],
      how: isZero
        ? text("zeros: Keras has one bias, which stands as bias_ih")
        : howOf(cell, "bias", from.length > 1),
    });
  }

  #all(names: string | readonly string[]): Sources {
    const [first = "", ...others] = typeof names === "string" ? [names] : names;
    return [this.#entry(first), ...others.map((name) => this.#entry(name))];
  }

  #entry(name: string): TensorEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`a layer is declared of ${name}, which is no entry`);
    return entry;
  }
}

/**
 * A matrix of CuDNNLSTM or CuDNNGRU: of each gate's columns, (I, H), the elements are those of PyTorch's (H, I) in their
 * order, as cuDNN has them (keras/src/legacy/saving/legacy_h5_format.py, `_convert_rnn_weights`).
 */
function cudnnMatrix(
  archive: Source,
  name: string,
  entry: TensorEntry,
  { gates, units, cell }: CudnnGates,
): DerivedEntry {
  const [rows = 0, columns = 0] = entry.shape;
  const { dtype } = entry;
  const stored = {
    dtype,
    shape: [rows, columns],
    readBox: (box: Box): Promise<RawValues> => archive.readBox(entry, box),
  };
  const parts = gates.map((gate): BoxSource => {
    const picks = { count: units, at: (index: number) => gate * units + index, isRun: true };
    const block = { dtype, shape: [rows, units], readBox: picked(stored, 1, picks) };
    return { dtype, shape: [units, rows], readBox: reshaped(block, [units, rows]) };
  });
  const shape = [gates.length * units, rows];
  const byteLength = elementCount(shape) * byteWidth(dtype);
  const how = text("of {0}, each gate as cuDNN has it", `CuDNN${cell}`);
  const origin = { from: [entry.name], how };
  return { entry: { name, dtype, shape, byteLength, origin }, readBox: joined(parts, 0) };
}

interface CudnnGates {
  readonly gates: readonly number[];
  readonly units: number;
  readonly cell: KerasRecurrent["cell"];
}

function nameOf({ module, role, direction }: Parameter): string {
  return `${module.name}.${parameterName({ isCellClass: false, bidirectional: true }, role, 0, direction)}`;
}

/** How each parameter, by its name in PyTorch, is made from a tensor of gate blocks, or from one for each gate. */
function howOf(cell: KerasRecurrent["cell"], part: "matrix" | "bias", isPerGate: boolean): Text {
  const order = gateOrder[cell];
  if (isPerGate) {
    const stacked = text("stacked gate by gate: {0}", order.join(" "));
    return part === "matrix" ? text("{0}, {1}", text("transposed"), stacked) : stacked;
  }
  const sources = gateSources("Keras", cell);
  const isSameOrder = sources.every((source, index) => source === index);
  if (isSameOrder) return part === "matrix" ? text("transposed") : text("as it is");
  const stored = order.map((_, block) => order[sources.indexOf(block)] ?? "").join(" ");
  return part === "matrix"
    ? text("transposed, gates {0} → {1}", stored, order.join(" "))
    : text("gates {0} → {1}", stored, order.join(" "));
}
