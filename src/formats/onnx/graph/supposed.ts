/**
 * Constants that operators expand to the sizes of the input, evaluated for inputs of any size.
 *
 * Exporters write a learned state as h0 expanded to (D, B, H), where B is computed from the shape of the input. Every
 * unknown size is replaced by one number that no real axis has. Where this number appears in a result, the run puts
 * in its own size.
 */
import type { Shape } from "../../../tensor/tensor";
import { anySize, integerConstant, type Constant } from "../constants/constant";
import { canFold } from "../constants/fold";
import { intAttribute, type OnnxNode } from "../protobuf/graph";
import type { OnnxModel, PlacedNode, Scope } from "./model";

/** The rank of a value without a known shape: more axes than any value has, all of unknown size. */
const anyRank = 8;

/** Nodes one after another from a constant on. */
const maxDepth = 48;

/** A value and the graph that it is one of. */
interface Named {
  readonly scope: Scope;
  readonly name: string | undefined;
}

export class SupposedValues {
  readonly #model: OnnxModel;
  readonly #known = new Map<PlacedNode, readonly (Constant | null)[]>();

  constructor(model: OnnxModel) {
    this.#model = model;
  }

  /** The constant that a value is but for sizes; null where it is computed from the values of inputs. */
  async of({ scope, name }: Named, depth = 0): Promise<Constant | null> {
    const constant = this.#model.constantNamed(scope, name);
    if (constant !== null) return constant;
    const producer = this.#model.producerOf(scope, name);
    if (producer === null || depth > maxDepth) return null;
    const { placed, output } = producer;
    const known = this.#known.get(placed);
    if (known !== undefined) return known[output] ?? null;
    // A node that reads its own output is none.
    this.#known.set(placed, []);
    const made = await this.#outputsOf(placed, depth);
    this.#known.set(placed, made);
    return made[output] ?? null;
  }

  async #outputsOf(
    { node, scope }: PlacedNode,
    depth: number,
  ): Promise<readonly (Constant | null)[]> {
    if (!canFold(node)) return [];
    const inputs: (Constant | null)[] = [];
    for (const name of node.inputs) {
      const input = await this.of({ scope, name }, depth + 1);
      if (input === null && name !== "") return node.operator === "Shape" ? [anyShape(node)] : [];
      inputs.push(input);
    }
    const made = await this.#model.fold(node, inputs);
    if (node.operator !== "Reshape" && node.operator !== "Flatten") return made;
    return made.map((each) => (each !== null && keepsAxis(inputs[0], each.shape) ? each : null));
  }
}

/** The shape of an unknown value. */
function anyShape(node: OnnxNode): Constant {
  const end = intAttribute(node, "end", anyRank);
  const start = intAttribute(node, "start", 0);
  const values = new Array<number>(anyRank).fill(anySize).slice(start, end);
  return integerConstant("", { values, shape: [values.length], operator: "Shape" });
}

/** Whether an axis of unknown size is still one, in its place among the others: then all along it is the same. */
function keepsAxis(from: Constant | null | undefined, to: Shape): boolean {
  const before = (shape: Shape): number | null => {
    const axis = shape.indexOf(anySize);
    if (axis < 0) return shape.some((size) => size >= anySize) ? null : -1;
    return shape.slice(0, axis).reduce((product, size) => product * size, 1);
  };
  const found = before(to);
  return found !== null && found === before(from?.shape ?? []);
}
