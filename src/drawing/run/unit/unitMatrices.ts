/**
 * The arithmetic of one unit in NumPy or PyTorch, as products of matrices: with rows, x @ W.T, and with columns, W @ x. No
 * DOM.
 */
import type { RunView } from "../../../protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../protocol/run/unitMessages";
import { pythonNumber, roundingNote } from "./pythonNumbers";
import { activationName, isCoupled, sumNumbers, unitStates } from "./unitNumbers";

type Precision = RunView["options"]["precision"];

export type MatrixLibrary = "numpy" | "pytorch";

/** What the two libraries call the same. */
const DIALECTS = {
  numpy: {
    imports: "import numpy as np",
    nonFinite: "from numpy import inf, nan",
    module: "np",
    array: (list: string) => `np.array(${list}, dtype=np.float64)`,
    sigmoid: ["def sigmoid(a):", "    return np.exp(-np.logaddexp(0, -a))"],
    clip: (sum: string, limit: string) => `np.clip(${sum}, -${limit}, ${limit})`,
    relu: "np.maximum(a, 0)",
  },
  pytorch: {
    imports: "import torch",
    nonFinite: "from math import inf, nan",
    module: "torch",
    array: (list: string) => `torch.tensor(${list}, dtype=torch.float64)`,
    sigmoid: ["sigmoid = torch.sigmoid"],
    clip: (sum: string, limit: string) => `torch.clip(${sum}, -${limit}, ${limit})`,
    relu: "torch.relu(a)",
  },
} as const;

type Dialect = (typeof DIALECTS)[MatrixLibrary];

/**
 * Lines that compute the unit in both formulations and print both values; a comment holds the value found here. They
 * compute in float64.
 */
export function unitAsMatrices(
  explanation: UnitExplanation,
  precision: Precision,
  library: MatrixLibrary,
): string {
  const dialect = DIALECTS[library];
  const { layer, direction, step, batch, unit } = explanation.place;
  const value = pythonNumber(explanation.value[0] ?? Number.NaN);
  const { projection } = explanation;
  return [
    `# layer ${layer} ${direction}, t = ${step}, batch ${batch}, unit ${unit}: ${value}`,
    ...roundingNote(precision),
    dialect.imports,
    dialect.nonFinite,
    "",
    ...(projection === null
      ? ofGates(explanation, dialect)
      : ofProjection(explanation, projection, dialect)),
    "",
  ].join("\n");
}

function ofProjection(
  { suffix }: UnitExplanation,
  { row, weights, operands }: UnitSum,
  { array }: Dialect,
): string[] {
  return [
    `W_hr = ${array(matrix([weights]))}  # weight_hr${suffix}[${row}:${row + 1}]`,
    `h = ${array(matrix([operands]))}  # o * tanh(c), before the projection`,
    'print("h @ W.T", (h @ W_hr.T)[0, 0])',
    'print("W @ h", (W_hr @ h.T)[0, 0])',
  ];
}

/** The gates that are summed, in the order of the weights. */
function summed(explanation: UnitExplanation): readonly UnitSum[] {
  return explanation.gates.filter(({ name }) => !isCoupled(explanation, name));
}

function ofGates(explanation: UnitExplanation, dialect: Dialect): string[] {
  const { inputCount, suffix, hasBias, cell } = explanation;
  const gates = summed(explanation);
  const [first] = gates;
  if (first === undefined) return [];
  const { array } = dialect;
  const rows = `[${gates.map(({ row }) => row).join(", ")}]`;
  const weights = (from: number, to?: number): string =>
    array(matrix(gates.map((gate) => gate.weights.subarray(from, to))));
  const biases = (of: "biasIh" | "biasHh"): string =>
    array(list(gates.map((gate) => sumNumbers(gate)[of])));
  return [
    `x = ${array(matrix([first.operands.subarray(0, inputCount)]))}  # a row`,
    `h = ${array(matrix([first.operands.subarray(inputCount)]))}  # ${before(explanation)}`,
    ...(cell === "LSTM" ? [`c = ${pythonNumber(unitStates(explanation).previousC)}`] : []),
    `W_ih = ${weights(0, inputCount)}  # weight_ih${suffix}[${rows}]`,
    `W_hh = ${weights(inputCount)}  # weight_hh${suffix}[${rows}]`,
    ...(hasBias
      ? [
          `b_ih = ${biases("biasIh")}  # bias_ih${suffix}[${rows}]`,
          `b_hh = ${biases("biasHh")}  # bias_hh${suffix}[${rows}]`,
        ]
      : []),
    ...resetState(explanation, dialect),
    "",
    ...functionsOf(explanation, dialect),
    ...updateOf(explanation, dialect),
    "",
    "# rows, as PyTorch has them: x @ W.T",
    `a = x @ W_ih.T${hasBias ? " + b_ih" : ""}`,
    "r = h @ W_hh.T",
    ...(isResetBefore(explanation) ? ["r[:, 2:] = rh @ W_hh[2:].T"] : []),
    ...(hasBias ? ["r = r + b_hh"] : []),
    'print("x @ W.T", update(a[0], r[0]))',
    "",
    "# columns, as papers have them: W @ x, a batch is the last axis",
    `a = W_ih @ x.T${hasBias ? " + b_ih[:, None]" : ""}`,
    "r = W_hh @ h.T",
    ...(isResetBefore(explanation) ? ["r[2:] = W_hh[2:] @ rh.T"] : []),
    ...(hasBias ? ["r = r + b_hh[:, None]"] : []),
    'print("W @ x", update(a[:, 0], r[:, 0]))',
  ];
}

function before({ previousStep }: UnitExplanation): string {
  return previousStep === null ? "h0" : `h at t = ${previousStep}`;
}

function isResetBefore({ cell, variant }: UnitExplanation): boolean {
  return cell === "GRU" && !variant.resetAfter;
}

/** r * h needs the r of every unit, which is not computed here. */
function resetState(explanation: UnitExplanation, { array }: Dialect): string[] {
  if (!isResetBefore(explanation)) return [];
  const candidate = explanation.gates.find(({ name }) => name === "n");
  const operands = candidate?.operands.subarray(explanation.inputCount) ?? new Float64Array();
  return [`rh = ${array(matrix([operands]))}  # r * h, with the r of every unit`];
}

function functionsOf({ cell, variant }: UnitExplanation, dialect: Dialect): string[] {
  if (cell === "RNN") return [];
  const { gateActivation } = variant;
  if (gateActivation.kind === "sigmoid") return [...dialect.sigmoid, "", ""];
  const line = `${pythonNumber(gateActivation.alpha)} * a + ${pythonNumber(gateActivation.beta)}`;
  return ["def sigmoid(a):", `    return ${dialect.module}.clip(${line}, 0, 1)`, "", ""];
}

/** `update(a, r)`: the parts of the sums that come from x and from h, gate by gate, to the new state. */
function updateOf(explanation: UnitExplanation, dialect: Dialect): string[] {
  const { cell } = explanation;
  return [
    "def update(a, r):",
    ...(cell === "RNN"
      ? [
          `    a = ${limited(explanation, dialect, "a[0] + r[0]")}`,
          `    return ${squash(explanation, dialect)}`,
        ]
      : cell === "GRU"
        ? gruLines(explanation, dialect)
        : lstmLines(explanation, dialect)),
  ];
}

function squash(explanation: UnitExplanation, { module, relu }: Dialect): string {
  return activationName(explanation, "h") === "relu" ? relu : `${module}.tanh(a)`;
}

function limited({ variant }: UnitExplanation, { clip }: Dialect, sum: string): string {
  return variant.clip === null ? sum : clip(sum, pythonNumber(variant.clip));
}

function gruLines(explanation: UnitExplanation, dialect: Dialect): string[] {
  const of = (at: number): string => limited(explanation, dialect, `a[${at}] + r[${at}]`);
  const recurrent = explanation.variant.resetAfter ? "reset * r[2]" : "r[2]";
  return [
    `    reset = sigmoid(${of(0)})`,
    `    z = sigmoid(${of(1)})`,
    `    n = ${dialect.module}.tanh(${limited(explanation, dialect, `a[2] + ${recurrent}`)})`,
    `    return (1 - z) * n + z * h[0, ${explanation.place.unit}]`,
  ];
}

function lstmLines(explanation: UnitExplanation, dialect: Dialect): string[] {
  const { stateName, variant, gates } = explanation;
  const order = summed(explanation).map(({ name }) => name);
  const of = (name: string, state: string): string => {
    const at = order.indexOf(name);
    const gate = gates.find((each) => each.name === name);
    const weight = gate === undefined ? 0 : sumNumbers(gate).peephole;
    const hasPeephole = variant.peephole && name !== "g";
    const peephole = hasPeephole ? ` + ${pythonNumber(weight)} * ${state}` : "";
    return limited(explanation, dialect, `a[${at}] + r[${at}]${peephole}`);
  };
  return [
    `    i = sigmoid(${of("i", "c")})`,
    order.includes("f") ? `    f = sigmoid(${of("f", "c")})` : "    f = 1 - i",
    `    g = ${dialect.module}.tanh(${of("g", "c")})`,
    "    c_t = f * c + i * g",
    ...(stateName === "c"
      ? ["    return c_t"]
      : [`    o = sigmoid(${of("o", "c_t")})`, `    return o * ${dialect.module}.tanh(c_t)`]),
  ];
}

function list(values: readonly number[]): string {
  return `[${values.map(pythonNumber).join(", ")}]`;
}

function matrix(rows: readonly Float64Array[]): string {
  return `[${rows.map((row) => list(Array.from(row))).join(", ")}]`;
}
