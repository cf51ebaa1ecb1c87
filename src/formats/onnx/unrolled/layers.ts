/**
 * What a chain of products says of a layer: its states, the products of its input, and where it begins.
 */
import type { PlacedNode, Scope } from "../graph/model";
import { isStepOperator } from "./operators";
import type { Chain, Product, Products } from "./products";

/** A chain as a layer, not yet proved to be one. */
export interface UnrolledLayer {
  readonly chain: Chain;
  /** Names of the values h_1 … h_T. */
  readonly states: readonly string[];
  /** The value that it begins with; null where the first product is left out, as that of zeros is. */
  readonly initial: string | null;
  /** The product of the whole input, or one for each step. */
  readonly inputs: readonly Product[];
  /** Values that its steps read besides. */
  readonly leaves: readonly string[];
}

/** Who reads a value. */
export type Readers = ReadonlyMap<string, readonly PlacedNode[]>;

/** Nodes on the way from a product to the state it gives. */
const maxPath = 32;

/** Ways that are followed at a time. */
const maxWays = 64;

/** The readers of each value of a graph. */
export function readersIn(scope: Scope): Readers {
  const readers = new Map<string, PlacedNode[]>();
  for (const placed of new Set([...scope.producers.values()].map((each) => each.placed))) {
    for (const name of new Set(placed.node.inputs)) {
      const known = readers.get(name) ?? [];
      known.push(placed);
      readers.set(name, known);
    }
  }
  return readers;
}

/** The layer of a chain; null where it is none. */
export function layerOf(products: Products, readers: Readers, chain: Chain): UnrolledLayer | null {
  const last = lastState(readers, chain);
  if (last === null) return null;
  const values = [...chain.map(({ placed }) => placed.node.inputs[0] ?? ""), last];
  const seen = new Set<string>();
  const found = values.map((value) => products.behind(value, seen));
  const own = new Set(chain);
  const inputs = found.map((each) => each.products.filter((product) => !own.has(product)));
  const [before = [], first = []] = inputs;
  const key = (first[0] ?? before[0])?.key;
  // The first value is a state of the layer where it is computed from the layer's own input.
  const isState = before.length === 1 && before[0]?.key === key;
  const [skipped, initial] = isState ? [0, null] : [1, values[0] ?? ""];
  const states = values.slice(skipped);
  const all = inputsOf(inputs.slice(skipped));
  if (all === null) return null;
  const leaves = found.slice(skipped).flatMap((each) => each.leaves);
  return { chain, states, initial, inputs: all, leaves };
}

/** The one product of all steps, or one of each, by one matrix; null for anything else. `steps` has those of each step. */
function inputsOf(steps: readonly (readonly Product[])[]): readonly Product[] | null {
  const all = steps.flat();
  const [first] = all;
  if (first === undefined || all.some(({ key }) => key !== first.key)) return null;
  return all.length === 1 || steps.every((each) => each.length === 1) ? all : null;
}

/** An operator on a way, and which of its inputs and outputs the way goes through. */
interface Turn {
  readonly operator: string;
  readonly input: number;
  readonly output: number;
}

/** The state that the last product gives: what lies at the end of the way that leads from each product to the next. */
function lastState(readers: Readers, chain: Chain): string | null {
  const [first, second] = chain;
  const last = chain.at(-1);
  if (first === undefined || second === undefined || last === undefined) return null;
  const way = wayBetween(readers, first, second);
  if (way === null) return null;
  // Gates may go ways alike: the state is told by its place among their ends, in the order of the graph.
  const rank = endsOf(readers, first, way).indexOf(second.placed.node.inputs[0] ?? "");
  return endsOf(readers, last, way)[rank] ?? null;
}

/** Values at the ends of ways like this one from a product, in the order of the graph. */
function endsOf(readers: Readers, { placed }: Product, way: readonly Turn[]): readonly string[] {
  let ends = new Map(placed.node.outputs.slice(0, 1).map((name) => [name, placed.index]));
  for (const turn of way) {
    const next = [...ends.keys()].flatMap((name) => endsOfTurn(readers, name, turn));
    ends = new Map(next.slice(0, maxWays));
  }
  return [...ends].sort(([, left], [, right]) => left - right).map(([name]) => name);
}

/** Where one more operator leads, with the place of its node. */
function endsOfTurn(
  readers: Readers,
  name: string,
  { operator, input, output }: Turn,
): readonly (readonly [name: string, index: number])[] {
  return (readers.get(name) ?? []).flatMap(({ node, index }) => {
    const to = node.outputs[output];
    const isTaken = node.operator === operator && node.inputs[input] === name;
    return isTaken && to !== undefined ? [[to, index] as const] : [];
  });
}

/** The shortest way from a product to the input of another. */
function wayBetween(readers: Readers, from: Product, to: Product): readonly Turn[] | null {
  const [goal = ""] = to.placed.node.inputs;
  let ends = new Map<string, readonly Turn[]>([[from.placed.node.outputs[0] ?? "", []]]);
  for (let length = 0; length < maxPath; length += 1) {
    const found = ends.get(goal);
    if (found !== undefined) return found;
    const next = [...ends].flatMap(([name, way]) =>
      turnsFrom(readers, name).map(([end, turn]) => [end, [...way, turn]] as const),
    );
    // The first way to a value is kept, as all are of one length.
    ends = new Map(next.slice(0, maxWays).reverse());
  }
  return null;
}

function turnsFrom(
  readers: Readers,
  name: string,
): readonly (readonly [end: string, turn: Turn])[] {
  return (readers.get(name) ?? []).slice(0, maxWays).flatMap(({ node }) => {
    if (!isStepOperator(node) || node.operator === "Shape") return [];
    const { operator, inputs, outputs } = node;
    const input = inputs.indexOf(name);
    return outputs.map((end, output) => [end, { operator, input, output }] as const);
  });
}
