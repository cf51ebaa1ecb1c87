/**
 * The attributes of an ONNX node as facts in PyTorch's terms: activations, clipping, coupled gates.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU and LSTM: attributes and equations.
 */
import { rounded } from "../../../core/numeric";
import type { OnnxRecurrent } from "../../../formats/base/declared";
import { text, type Text } from "../../../core/text";
import type { CellVariant, GateActivation, Nonlinearity } from "../../config";
import type { ModuleFacts, OnnxNodes } from "../../facts";
import type { ModuleGiven } from "../../given";

/** One activation function of a node. */
interface Activation {
  /** In lower case. */
  readonly name: string;
  readonly alpha: number;
  readonly beta: number;
}

/** Activation functions with parameters, and their defaults. */
const parameters: ReadonlyMap<string, { readonly alpha: number; readonly beta?: number }> = new Map(
  [
    ["affine", { alpha: 1, beta: 0 }],
    ["leakyrelu", { alpha: 0.01 }],
    ["thresholdedrelu", { alpha: 1 }],
    ["scaledtanh", { alpha: 1, beta: 1 }],
    ["hardsigmoid", { alpha: 0.2, beta: 0.5 }],
    ["elu", { alpha: 1 }],
  ],
);

/** The activations f, g and h of the cells of torch.nn, by their positions among a direction's activations. */
const pytorchActivations = {
  RNN: ["tanh"],
  GRU: ["sigmoid", "tanh"],
  LSTM: ["sigmoid", "tanh", "tanh"],
} as const;

/** The facts of a stack of nodes with equal attributes, the lowest one first; `given` are their states and lengths. */
export function onnxFacts(
  [node, ...above]: readonly [OnnxRecurrent, ...OnnxRecurrent[]],
  given: ModuleGiven,
): ModuleFacts {
  // The layout of the input follows from the lowest node, otherwise that of the output from the top one.
  const batchFirst = node.batchFirst ?? above.at(-1)?.batchFirst ?? null;
  const [first = [], ...others] = activationsByDirection(node);
  const differing = others.some((each) => !isSame(each, first))
    ? [text("its directions have different activations, which is not computed")]
    : [];
  return {
    framework: "ONNX",
    batchFirst,
    onnxLayout: node.layout,
    onnxNodes: nodesOf([node, ...above]),
    nonlinearity: node.cell === "RNN" ? nonlinearityOf(first[0]) : null,
    dropout: null,
    variant: variantOf(node, first),
    reverseOnly: node.direction === "reverse",
    departures: [],
    refusals: [...differing, ...strangeActivations(node, first)],
    given,
  };
}

function nodesOf(stack: readonly [OnnxRecurrent, ...OnnxRecurrent[]]): OnnxNodes {
  const [lowest] = stack;
  const isOne = stack.length === 1;
  const top = stack.at(-1) ?? lowest;
  const [y = "", h = "", c = ""] = top.gives;
  const operands = stack.flatMap((each) => [each.initialH, each.initialC, each.sequenceLens]);
  return {
    names: stack.map(({ name }) => name),
    readsFrom: lowest.readsFrom,
    asksForMore: operands.some((operand) => operand !== null && operand.kind !== "constant"),
    computesMore: operands.some((operand) => operand?.kind === "computed"),
    gives: { output: y, h_n: isOne ? h : "", c_n: isOne ? c : "" },
  };
}

/** Alphas and betas are given in the order of the functions that have one. */
function activationsByDirection(node: OnnxRecurrent): readonly (readonly Activation[])[] {
  const usual = pytorchActivations[node.cell];
  const [alphas, betas] = [[...node.activationAlpha], [...node.activationBeta]];
  const directions = node.direction === "bidirectional" ? [0, 1] : [0];
  return directions.map((direction) =>
    usual.map((name, place) => {
      const written = node.activations[direction * usual.length + place] ?? name;
      const known = parameters.get(written.toLowerCase());
      const alpha = known === undefined ? 0 : (alphas.shift() ?? known.alpha);
      const beta = known?.beta === undefined ? 0 : (betas.shift() ?? known.beta);
      return { name: written.toLowerCase(), alpha: decimal(alpha), beta: decimal(beta) };
    }),
  );
}

function isSame(left: readonly Activation[], right: readonly Activation[]): boolean {
  return left.every(({ name, alpha, beta }, place) => {
    const other = right[place];
    return other?.name === name && other.alpha === alpha && other.beta === beta;
  });
}

function nonlinearityOf(activation: Activation | undefined): Nonlinearity | null {
  return activation?.name === "tanh" || activation?.name === "relu" ? activation.name : null;
}

function variantOf(node: OnnxRecurrent, activations: readonly Activation[]): Partial<CellVariant> {
  const [gates] = activations;
  const gateActivation: GateActivation | null =
    node.cell !== "RNN" && gates?.name === "hardsigmoid"
      ? { kind: "hard_sigmoid", alpha: gates.alpha, beta: gates.beta }
      : null;
  return {
    ...(node.cell === "GRU" ? { resetAfter: node.linearBeforeReset } : {}),
    ...(gateActivation === null ? {} : { gateActivation }),
    ...(node.clip === null || node.clip <= 0 ? {} : { clip: decimal(node.clip) }),
    ...(node.cell === "LSTM" && node.inputForget ? { coupledInputForget: true } : {}),
    ...(node.p === null ? {} : { peephole: true }),
  };
}

/** Activations that no cell of ours has. */
function strangeActivations(
  { cell }: OnnxRecurrent,
  activations: readonly Activation[],
): readonly Text[] {
  const usual: readonly string[] = pytorchActivations[cell];
  return activations.flatMap(({ name }, place) => {
    const expected = usual[place] ?? "";
    const known = cell === "RNN" ? ["tanh", "relu"] : [expected];
    if (expected === "sigmoid") known.push("hardsigmoid");
    return known.includes(name)
      ? []
      : [text("an activation is {0} in place of {1}, which is not computed", name, expected)];
  });
}

/** Attributes are float32: the shortest decimal that is meant by one. */
function decimal(value: number): number {
  const meant = [1 / 6, 1 / 3].find((each) => Math.fround(each) === value);
  if (meant !== undefined) return meant;
  const digits = [6, 7, 8].map((count) => rounded(value, count));
  return digits.find((each) => Math.fround(each) === value) ?? value;
}
