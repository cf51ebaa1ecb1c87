/**
 * Computes values of a graph from values that are given, as far as the operators of a step lead.
 */
import { isUnrollError } from "../../../core/errors";
import { cropRaw, decodeRaw, encodeRaw, wholeBox } from "../../../tensor/raw";
import { elementCount } from "../../../tensor/tensor";
import type { Constant } from "../constants/constant";
import type { OnnxModel, PlacedNode, Scope } from "../graph/model";
import { compute, isComputed, isStepOperator, type Values } from "./operators";

/** How much may still be computed for one model. */
export interface Effort {
  /** Nodes. */
  nodes: number;
  /** Multiplications. */
  products: number;
}

/** Nodes on the way from one given value to the next: a step has some twenty. */
const maxDepth = 200;

export class Interpreter {
  readonly #model: OnnxModel;
  readonly #scope: Scope;
  readonly #effort: Effort;
  readonly #constants: Map<Constant, Values>;
  readonly #values = new Map<string, Values>();

  /** `constants` are kept from one interpreter of a model to the next. */
  constructor(
    model: OnnxModel,
    scope: Scope,
    { effort, constants }: { readonly effort: Effort; readonly constants: Map<Constant, Values> },
  ) {
    this.#model = model;
    this.#scope = scope;
    this.#effort = effort;
    this.#constants = constants;
  }

  /** Gives a value. */
  give(name: string, values: Values): void {
    this.#values.set(name, values);
  }

  /** A value; null where it is not computed from what is given, or where shapes do not fit. */
  async of(name: string, depth = 0): Promise<Values | null> {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const constant = this.#model.constantNamed(this.#scope, name);
    if (constant !== null) return this.read(constant);
    const placed = this.#scope.producers.get(name)?.placed;
    if (placed === undefined || depth > maxDepth || this.#effort.nodes <= 0) return null;
    this.#effort.nodes -= 1;
    await this.#run(placed, depth);
    return this.#values.get(name) ?? null;
  }

  /** The numbers of a constant; null where they cannot be read, or are out of proportion. */
  async read(constant: Constant): Promise<Values | null> {
    const known = this.#constants.get(constant);
    if (known !== undefined) return known;
    this.#effort.products -= elementCount(constant.shape);
    if (this.#effort.products < 0) return null;
    const values = await valuesOf(constant);
    if (values !== null) this.#constants.set(constant, values);
    return values;
  }

  async #run(placed: PlacedNode, depth: number): Promise<void> {
    const { node } = placed;
    if (!isComputed(node)) {
      if (isStepOperator(node)) await this.#fold(placed, depth);
      return;
    }
    const inputs: Values[] = [];
    for (const input of node.operator === "Dropout" ? node.inputs.slice(0, 1) : node.inputs) {
      const value = await this.of(input, depth + 1);
      if (value === null) return;
      inputs.push(value);
    }
    if (inputs.some(({ isWhole }) => isWhole === true)) {
      await this.#fold(placed, depth);
      return;
    }
    const result = this.#isAffordable(inputs) ? compute(node, inputs) : null;
    const [output] = node.outputs;
    if (result !== null && output !== undefined) this.#values.set(output, result);
  }

  /** Operators that arrange or select are those of constants. */
  async #fold({ node, scope }: PlacedNode, depth: number): Promise<void> {
    const inputs: (Constant | null)[] = [];
    for (const input of node.inputs) {
      const constant = this.#model.constantNamed(scope, input);
      const values = constant === null && input !== "" ? await this.of(input, depth + 1) : null;
      if (constant === null && values === null && input !== "") return;
      inputs.push(values === null ? constant : constantOf(input, values));
    }
    const made = await this.#model.fold(node, inputs);
    for (const [output, constant] of made.entries()) {
      const name = node.outputs[output];
      if (constant === null || name === undefined) continue;
      const values = await valuesOf(constant);
      if (values !== null) this.#values.set(name, values);
    }
  }

  #isAffordable([first, second]: readonly Values[]): boolean {
    const columns = second === undefined ? 1 : (second.shape.at(-1) ?? 1);
    this.#effort.products -= (first?.data.length ?? 0) * columns;
    return this.#effort.products >= 0;
  }
}

/** The numbers of a constant; null where they cannot be read: they prove nothing, and a run will say why. */
async function valuesOf({ name, dtype, shape, readBox }: Constant): Promise<Values | null> {
  try {
    const { data } = decodeRaw(await readBox(wholeBox(shape)), name);
    return { shape, data: Float64Array.from(data), isWhole: !dtype.includes("float") };
  } catch (error) {
    if (isUnrollError(error)) return null;
    throw error;
  }
}

function constantOf(name: string, { shape, data, isWhole }: Values): Constant {
  const dtype = isWhole === true ? "int64" : "float64";
  const raw = encodeRaw(dtype, shape, data);
  const readBox: Constant["readBox"] = (box) => Promise.resolve(cropRaw(raw, box));
  return { name, dtype, shape, readBox, from: [], by: [], depth: 0, reads: 1 };
}
