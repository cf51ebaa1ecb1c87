/**
 * Products by constant matrices, and chains of them: each reads what is computed from the result of the one before.
 */
import type { Constant } from "../constants/constant";
import { intAttribute } from "../protobuf/graph";
import type { OnnxModel, PlacedNode, Scope } from "../graph/model";
import { isStepOperator } from "./operators";

/** A MatMul or Gemm by a constant matrix. */
export interface Product {
  readonly placed: PlacedNode;
  readonly weight: Constant;
  /** True where the matrix is (out, in). */
  readonly isTurned: boolean;
  /** Tells matrices apart; the transposes of one tensor are one. */
  readonly key: string;
}

/** Products by one matrix, in the order of the steps. */
export type Chain = readonly Product[];

/** What a value is computed from. */
export interface Behind {
  readonly products: readonly Product[];
  /** Values that are neither constants nor given by an operator of a step. */
  readonly leaves: readonly string[];
}

/** Products by one matrix that make a chain: fewer are two layers that share it. */
const minProducts = 2;

/** Values that are looked at on the ways between the products of one graph. */
const maxVisits = 2 ** 20;

export class Products {
  readonly #model: OnnxModel;
  readonly #scope: Scope;
  readonly #of = new Map<PlacedNode, Product>();
  #visits = 0;

  /** Indexes the nodes of a graph. */
  constructor(model: OnnxModel, scope: Scope) {
    this.#model = model;
    this.#scope = scope;
    for (const { placed } of scope.producers.values()) {
      const product = productOf(model, placed);
      if (product !== null) this.#of.set(placed, product);
    }
  }

  /** The chains, in the order of their first products. */
  chains(): readonly Chain[] {
    const groups = new Map<string, Product[]>();
    for (const product of this.#of.values()) {
      const group = groups.get(product.key) ?? [];
      group.push(product);
      groups.set(product.key, group);
    }
    return [...groups.values()]
      .filter((group) => group.length >= minProducts)
      .flatMap((group) => this.#chainsOf(group))
      .sort(([left], [right]) => (left?.placed.index ?? 0) - (right?.placed.index ?? 0));
  }

  /** What a value is computed from through operators of a step. Values of `seen` are not looked at, others are added. */
  behind(value: string, seen: Set<string>): Behind {
    const products = new Set<Product>();
    const leaves: string[] = [];
    const open = [value];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (!this.#visit(name, seen)) continue;
      const placed = this.#placedOf(name);
      const product = placed === null ? undefined : this.#of.get(placed);
      if (product !== undefined) products.add(product);
      else if (placed !== null && isWithinStep(placed)) open.push(...placed.node.inputs);
      // A size depends on no number.
      else if (placed?.node.operator !== "Shape") leaves.push(name);
    }
    return { products: [...products], leaves };
  }

  /** True for a value that is computed and not yet seen, while there may be more of them. */
  #visit(name: string, seen: Set<string>): boolean {
    if (name === "" || seen.has(name) || this.#visits > maxVisits) return false;
    seen.add(name);
    this.#visits += 1;
    return this.#model.constantNamed(this.#scope, name) === null;
  }

  #placedOf(name: string): PlacedNode | null {
    return this.#scope.producers.get(name)?.placed ?? null;
  }

  #chainsOf(group: readonly Product[]): readonly Chain[] {
    const next = new Map<Product, Product[]>();
    const later = new Set<Product>();
    for (const product of group) {
      const before = this.#latestBefore(product);
      if (before === null) continue;
      next.set(before, [...(next.get(before) ?? []), product]);
      later.add(product);
    }
    return group
      .filter((product) => next.has(product) && !later.has(product))
      .flatMap((product) => chainFrom(product, next) ?? []);
  }

  /** The last product by the same matrix that a product's input is computed from; nodes are looked at from behind. */
  #latestBefore({ placed, key }: Product): Product | null {
    const seen = new Set<string>();
    const open = new Map<PlacedNode, PlacedNode>();
    const add = (names: readonly string[]): void => {
      for (const name of names) {
        const from = this.#visit(name, seen) ? this.#placedOf(name) : null;
        if (from !== null) open.set(from, from);
      }
    };
    add(placed.node.inputs.slice(0, 1));
    while (open.size > 0) {
      const [first, ...others] = open.keys();
      if (first === undefined) break;
      const latest = others.reduce((last, each) => (each.index > last.index ? each : last), first);
      open.delete(latest);
      const product = this.#of.get(latest);
      if (product?.key === key) return product;
      if (product === undefined && isWithinStep(latest)) add(latest.node.inputs);
    }
    return null;
  }
}

/** From a first product on, in a list of one; null where the way forks. */
function chainFrom(first: Product, next: ReadonlyMap<Product, readonly Product[]>): Chain[] | null {
  const chain: Product[] = [];
  for (let at: Product | undefined = first; at !== undefined;) {
    chain.push(at);
    const [following, ...others]: readonly Product[] = next.get(at) ?? [];
    if (others.length > 0) return null;
    at = following;
  }
  return [chain];
}

/** True for operators of a step that do not make a state of a size, as initial states are made. */
function isWithinStep({ node }: PlacedNode): boolean {
  return isStepOperator(node) && !sizing.has(node.operator);
}

const sizing: ReadonlySet<string> = new Set(["Shape", "ConstantOfShape", "Expand", "Tile"]);

function productOf(model: OnnxModel, placed: PlacedNode): Product | null {
  const { node, scope } = placed;
  if (node.operator !== "MatMul" && node.operator !== "Gemm") return null;
  const weight = model.constantNamed(scope, node.inputs[1]);
  if (weight?.shape.length !== 2) return null;
  if (node.operator === "Gemm" && !isPlainGemm(placed)) return null;
  const isTurned = node.operator === "Gemm" && intAttribute(node, "transB", 0) === 1;
  const turned = model.transposeOf(weight);
  const key = turned === null ? weight.name : `transpose of ${turned.name}`;
  return { placed, weight, isTurned, key };
}

/** True for x·W + b without factors. */
function isPlainGemm({ node: { attributes } }: PlacedNode): boolean {
  const factors = ["alpha", "beta"].map((name) => attributes.get(name)?.float ?? 1);
  return factors.every((factor) => factor === 1) && intAttribute({ attributes }, "transA", 0) === 0;
}
