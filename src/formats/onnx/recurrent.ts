/**
 * Recurrent nodes of a graph as records: attributes, weights and other inputs.
 *
 * Spec: onnx.ai/onnx/operators, RNN, GRU and LSTM of opset 1 to 22, all attributes.
 */
import { formatShape, sameShape, type Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { OnnxRecurrent } from "../base/declared";
import { batchFirstOf, turnedOutputs, type TurnedOutputs } from "./axes";
import { anySize, type Constant } from "./constants/constant";
import { intAttribute, type OnnxAttribute } from "./protobuf/graph";
import { fullName, type OnnxModel, type PlacedNode, type Scope } from "./graph/model";
import { dequantisedWeight, isQuantisedLstm } from "./quantised";
import { findOperand, type FoundOperand } from "./graph/operands";
import { SupposedValues } from "./graph/supposed";
import { isArranging, layerBelow, wayBack } from "./graph/trace";

/** The activations of an operator's node that has none, of one direction. */
const defaultActivations = {
  RNN: ["Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
} as const;

/** The weights that a recurrent node reads; null for what it does not have, or what is computed from the model's inputs. */
type Weights = Readonly<Record<"w" | "r" | "b" | "p", Constant | null>>;

/** Its other inputs. */
type Given = Readonly<Record<"h" | "c" | "lengths", FoundOperand>>;

/** Reads recurrent nodes one after another, in the order of the graph. */
export class RecurrentReader {
  readonly records = new Map<PlacedNode, OnnxRecurrent>();
  readonly #model: OnnxModel;
  readonly #supposed: SupposedValues;
  readonly #turned: TurnedOutputs;
  readonly #names = new Set<string>();

  constructor(model: OnnxModel) {
    this.#model = model;
    this.#supposed = new SupposedValues(model);
    this.#turned = turnedOutputs(model);
  }

  /** Adds the node's record, or a note about its problem. */
  async read(placed: PlacedNode): Promise<Text | null> {
    const { node, scope } = placed;
    const operand = (index: number): Constant | null =>
      this.#model.constantNamed(scope, node.inputs[index]);
    const matrices = isQuantisedLstm(node)
      ? {
          w: dequantisedWeight(this.#model, placed, "w"),
          r: dequantisedWeight(this.#model, placed, "r"),
        }
      : { w: operand(1), r: operand(2) };
    const weights = { ...matrices, b: operand(3), p: operand(7) };
    const { w, r, b, p } = weights;
    if (w === null || r === null) {
      return text(
        "{0}: its weights are not in the file, but inputs of the model",
        fullName(placed),
      );
    }
    const attributes = attributesOf(placed);
    const hiddenSize = node.attributes.get("hidden_size")?.int ?? r.shape[2] ?? 0;
    const given = await this.#given(placed, attributes);
    const clash = shapeClash({ ...attributes, hiddenSize }, weights, given);
    if (clash !== null) {
      return text("{0} is not a valid node, ONNX Runtime refuses it: {1}", fullName(placed), clash);
    }
    const nameOf = (constant: Constant): string => this.#model.entryOf(constant, scope).name;
    this.records.set(placed, {
      framework: "onnx",
      kind: "recurrent",
      name: this.#uniqueName(placed),
      ...attributes,
      hiddenSize,
      batchFirst: await batchFirstOf(this.#model, placed, this.#turned),
      w: nameOf(w),
      r: nameOf(r),
      b: b === null ? null : nameOf(b),
      p: attributes.cell !== "LSTM" || p === null ? null : nameOf(p),
      initialH: given.h.operand,
      initialC: given.c.operand,
      sequenceLens: given.lengths.operand,
      below: await this.#nameBelow(placed),
      readsFrom: this.#operatorBefore(placed),
      // Values in a branch are not those of the graph around it.
      gives: scope.parent === null ? node.outputs : [],
    });
    return null;
  }

  async #given(placed: PlacedNode, { cell, layout }: Attributes): Promise<Given> {
    const find = (input: number, batchAxis: number, nothing: number): Promise<FoundOperand> =>
      findOperand(this.#model, this.#supposed, placed, { input, batchAxis, nothing });
    const batchAxis = layout === 1 ? 0 : 1;
    return {
      lengths: await find(4, 0, anySize),
      h: await find(5, batchAxis, 0),
      c: cell === "LSTM" ? await find(6, batchAxis, 0) : { constant: null, operand: null },
    };
  }

  /** The recurrent node whose output a node reads as it is; null where it reads something else. */
  async #nameBelow(placed: PlacedNode): Promise<string | null> {
    const { scope, node } = placed;
    const below = await layerBelow(this.#model, { scope, name: node.inputs[0] });
    if (below === null || !readsAllSteps(placed, below.axes)) return null;
    return this.records.get(below.placed)?.name ?? null;
  }

  #operatorBefore({ scope, node }: PlacedNode): string | null {
    const start = { scope, name: node.inputs[0] };
    const { origin, steps } = wayBack(this.#model, start, isArranging);
    if (origin !== null) return origin.placed.node.operator;
    const [first] = steps;
    const [name = ""] = first?.placed.node.inputs ?? node.inputs;
    return isOfBody(first?.placed.scope ?? scope, name) ? "body" : null;
  }

  /** Names of nodes should be unique and need not be. */
  #uniqueName(placed: PlacedNode): string {
    const name = fullName(placed);
    const unique = this.#names.has(name) ? `${name}#${placed.index}` : name;
    this.#names.add(unique);
    return unique;
  }
}

/** True for what the body of a loop is given, which is no input of the model. */
function isOfBody(scope: Scope, name: string): boolean {
  let at = scope;
  while (at.parent !== null) {
    if (at.inputs.has(name)) return true;
    at = at.parent;
  }
  return false;
}

/**
 * How the shapes of W (D, G·H, I), R (D, G·H, H), B (D, 2·G·H), P (D, 3·H), initial states (D, B, H) and lengths (B) do
 * not fit together; null where they do.
 */
function shapeClash(
  { cell, direction, hiddenSize, layout }: Attributes & Pick<OnnxRecurrent, "hiddenSize">,
  { w, r, b, p }: Weights,
  { h, c, lengths }: Given,
): Text | null {
  const directions = direction === "bidirectional" ? 2 : 1;
  const rows = { RNN: 1, GRU: 3, LSTM: 4 }[cell] * hiddenSize;
  // Features and sequences are as many as there are.
  const along = (constant: Constant | null, axis: number): number => constant?.shape[axis] ?? 1;
  const state = ({ constant }: FoundOperand): Shape =>
    layout === 1
      ? [along(constant, 0), directions, hiddenSize]
      : [directions, along(constant, 1), hiddenSize];
  const wrong = firstWrong([
    ["W", w, [directions, rows, along(w, 2)]],
    ["R", r, [directions, rows, hiddenSize]],
    ["B", b, [directions, 2 * rows]],
    ["P", cell === "LSTM" ? p : null, [directions, 3 * hiddenSize]],
    ["initial_h", h.constant, state(h)],
    ["initial_c", c.constant, state(c)],
    ["sequence_lens", lengths.constant, [along(lengths.constant, 0)]],
  ]);
  if (wrong === null) return null;
  const { input, found, expected } = wrong;
  return input.startsWith("initial")
    ? text(
        "its {0} has shape {1}, expected {2}: hidden_size is {3}, and ONNX has no projection (proj_size)",
        ...([input, formatShape(found), formatShape(expected), hiddenSize] as const),
      )
    : text(
        "its {0} has shape {1}, expected {2}",
        ...([input, formatShape(found), formatShape(expected)] as const),
      );
}

type ExpectedInput = readonly [input: string, constant: Constant | null, expected: Shape];

/** The first input whose shape is another than expected. */
function firstWrong(
  inputs: readonly ExpectedInput[],
): { readonly input: string; readonly found: Shape; readonly expected: Shape } | null {
  for (const [input, constant, expected] of inputs) {
    if (constant === null || sameShape(constant.shape, expected)) continue;
    return { input, found: constant.shape, expected };
  }
  return null;
}

type Attributes = Omit<
  OnnxRecurrent,
  | ("framework" | "kind" | "name" | "hiddenSize" | "batchFirst")
  | ("w" | "r" | "b" | "p" | "initialH" | "initialC" | "sequenceLens" | "below")
  | ("readsFrom" | "gives")
>;

function attributesOf({ node: { operator, attributes } }: PlacedNode): Attributes {
  const cell = operator === "RNN" || operator === "GRU" ? operator : "LSTM";
  const direction = directionOf(attributes.get("direction")?.string ?? null);
  const defaults = defaultActivations[cell];
  const flag = (name: string): boolean => intAttribute({ attributes }, name, 0) !== 0;
  const listed = <Key extends "strings" | "floats">(name: string, key: Key): OnnxAttribute[Key] =>
    attributes.get(name)?.[key] ?? noAttribute[key];
  const written = listed("activations", "strings");
  const usual = direction === "bidirectional" ? [...defaults, ...defaults] : defaults;
  return {
    cell,
    direction,
    activations: written.length > 0 ? written : usual,
    activationAlpha: listed("activation_alpha", "floats"),
    activationBeta: listed("activation_beta", "floats"),
    clip: attributes.get("clip")?.float ?? null,
    inputForget: flag("input_forget"),
    linearBeforeReset: flag("linear_before_reset"),
    layout: flag("layout") ? 1 : 0,
  };
}

const noAttribute = { strings: [], floats: [] } as const;

/** Names are compared without regard to case, as ONNX Runtime does. */
function directionOf(written: string | null): OnnxRecurrent["direction"] {
  const direction = written?.toLowerCase();
  return direction === "reverse" || direction === "bidirectional" ? direction : "forward";
}

/** True where the value arrives as X has to be: (T, B, features), or (B, T, features) in layout 1. */
function readsAllSteps({ node }: PlacedNode, axes: readonly string[] | null): boolean {
  if (axes === null) return true;
  const leading = intAttribute(node, "layout", 0) === 1 ? "BT" : "TB";
  return axes.length === 3 && axes[0] === leading[0] && axes[1] === leading[1];
}
