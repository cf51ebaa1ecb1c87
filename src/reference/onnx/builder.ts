/**
 * Puts an ONNX graph together: nodes in the order in which they are computed, constants, inputs and outputs.
 */
import type {
  OnnxAttribute,
  OnnxBody,
  OnnxModel,
  OnnxNode,
  OnnxValue,
} from "../../formats/write/onnxModel";
import type { DType } from "../../tensor/dtype";
import { cropRaw, encodeRaw } from "../../tensor/raw";
import type { TensorSource } from "../../tensor/source";
import type { Shape } from "../../tensor/tensor";

/** Float types that a graph is computed in. */
export type FloatType = "float32" | "float64";

/** The cells have been the same from opset 14 to 21, Scan from 16 to 18. */
const OPSET = 17;

type Attributes = Readonly<Record<string, OnnxAttribute>>;

/** Nodes of one graph, or of the body of a node. */
export class Nodes {
  readonly list: OnnxNode[] = [];
  readonly #prefix: string;
  #count = 0;

  /** `prefix` keeps the names of a body apart from those around it. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a node of one output, which is called `output`, or by a number. Returns its name. */
  add(op: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = output ?? this.fresh();
    this.addAll(op, inputs, [name], attributes);
    return name;
  }

  /** Adds a node of several outputs. */
  addAll(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
  ): void {
    const name = `${this.#prefix}${op}_${this.list.length}`;
    this.list.push({ op, name, inputs, outputs, attributes });
  }

  /** A name that no other value has. */
  fresh(): string {
    return `${this.#prefix}v${this.#count++}`;
  }
}

/** A graph under construction. */
export class GraphBuilder {
  readonly type: FloatType;
  readonly nodes = new Nodes("");
  readonly #constants = new Map<string, TensorSource>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];

  constructor(type: FloatType) {
    this.type = type;
  }

  input(name: string, shape: Shape, elementType: DType = this.type): string {
    this.#inputs.push({ name, shape, elementType });
    return name;
  }

  output(name: string, shape: OnnxValue["shape"]): void {
    this.#outputs.push({ name, shape, elementType: this.type });
  }

  /** Values of the graph's own type. */
  floats(name: string, shape: Shape, values: ArrayLike<number>): string {
    return this.#constant(name, this.type, shape, values);
  }

  /** A number of the graph's own type. */
  scalar(name: string, value: number): string {
    return this.floats(name, [], [value]);
  }

  /** Axes and sizes. */
  integers(name: string, values: readonly number[]): string {
    return this.#constant(name, "int64", [values.length], values);
  }

  model(): OnnxModel {
    return {
      opset: OPSET,
      name: "run",
      nodes: this.nodes.list,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: [...this.#constants.values()],
    };
  }

  #constant(name: string, dtype: DType, shape: Shape, values: ArrayLike<number>): string {
    if (!this.#constants.has(name)) {
      const raw = encodeRaw(dtype, shape, values);
      const readBox: TensorSource["readBox"] = (box) => Promise.resolve(cropRaw(raw, box));
      this.#constants.set(name, { name, dtype, shape, readBox });
    }
    return name;
  }
}

export type { OnnxBody };
