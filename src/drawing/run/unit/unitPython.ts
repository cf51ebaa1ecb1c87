/**
 * The arithmetic of one unit as a Python snippet without dependencies. No DOM.
 */
import type { RunView } from "../../../protocol/run/messages";
import type { UnitExplanation, UnitSum } from "../../../protocol/run/unitMessages";
import { pythonNumber, roundingNote } from "./pythonNumbers";
import { activationName, isCoupled, parameterNames, sumNumbers, unitStates } from "./unitNumbers";

type Precision = RunView["options"]["precision"];

/**
 * Lines that repeat the sums and the update and print the value; a comment holds the value found here. Python computes
 * in float64, which gives another value than a run that rounds to 16 bits after every operation.
 */
export function unitAsPython(explanation: UnitExplanation, precision: Precision): string {
  const { place, projection, value } = explanation;
  const { layer, direction, step, batch, unit } = place;
  const name = explanation.stateName === "c" ? "c_t" : "h_t";
  return [
    `# layer ${layer} ${direction}, t = ${step}, batch ${batch}, unit ${unit}`,
    ...roundingNote(precision),
    ...preamble(explanation),
    ...(projection === null ? ofGates(explanation) : ofProjection(explanation, projection)),
    `print(${name})  # ${pythonNumber(value[0] ?? NaN)}`,
    "",
  ].join("\n");
}

/** Only what the lines need. */
function preamble({ cell, nonlinearity, projection, variant }: UnitExplanation): string[] {
  const dot = ["def dot(w, v):", "    return sum(p * q for p, q in zip(w, v))", ""];
  if (projection !== null) return ["from math import inf, nan", "", ...dot];
  const hasSigma = cell !== "RNN" && variant.gateActivation.kind === "sigmoid";
  const hasTanh = cell !== "RNN" || nonlinearity === "tanh";
  const functions = [...(hasSigma ? ["exp"] : []), "inf", "nan", ...(hasTanh ? ["tanh"] : [])];
  return [
    `from math import ${functions.join(", ")}`,
    "",
    ...dot,
    ...(cell === "RNN" ? [] : sigmaLines(variant.gateActivation)),
    // Comparisons and not min(max()), which would turn NaN into a number.
    ...(cell === "RNN" && nonlinearity === "relu"
      ? ["def relu(a):", "    return 0.0 if a <= 0 else a", ""]
      : []),
    ...(variant.clip === null ? [] : clipLines(variant.clip)),
  ];
}

function sigmaLines(gate: UnitExplanation["variant"]["gateActivation"]): string[] {
  if (gate.kind === "sigmoid") {
    // The two branches keep exp() from overflowing.
    return [
      "def sigma(a):",
      "    return 1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a))",
      "",
    ];
  }
  return [
    "def sigma(a):",
    `    a = ${pythonNumber(gate.alpha)} * a + ${pythonNumber(gate.beta)}`,
    "    return 0.0 if a <= 0 else 1.0 if a >= 1 else a",
    "",
  ];
}

function clipLines(clip: number): string[] {
  const limit = pythonNumber(clip);
  return [
    "def clip(a):",
    `    return -${limit} if a < -${limit} else ${limit} if a > ${limit} else a`,
    "",
  ];
}

function ofProjection({ suffix }: UnitExplanation, { row, weights, operands }: UnitSum): string[] {
  return [
    `w_hr = ${pythonList(weights)}  # weight_hr${suffix}[${row}]`,
    `h = ${pythonList(operands)}  # o * tanh(c), before the projection`,
    "h_t = dot(w_hr, h)",
  ];
}

function ofGates(explanation: UnitExplanation): string[] {
  const { gates, inputCount, cell, previousStep } = explanation;
  const [first] = gates;
  if (first === undefined) return [];
  const origin = (initial: string): string =>
    previousStep === null ? initial : `at t = ${previousStep}`;
  const { previousC } = unitStates(explanation);
  return [
    `x = ${pythonList(first.operands.subarray(0, inputCount))}`,
    `h = ${pythonList(first.operands.subarray(inputCount))}  # ${origin("h0")}`,
    ...(cell === "LSTM" ? [`c = ${pythonNumber(previousC)}  # ${origin("c0")}`] : []),
    ...gates.flatMap((gate) => gateLines(explanation, gate)),
    ...updateLines(explanation),
  ];
}

function gateLines(explanation: UnitExplanation, gate: UnitSum): string[] {
  const { name } = gate;
  // c_t stands before the gate that looks at it.
  const before = name === "o" && explanation.variant.peephole ? [cellLine] : [];
  if (isCoupled(explanation, name)) return ["f = 1 - i"];
  const { hasBias, inputCount, suffix } = explanation;
  const { row, weights, operands } = gate;
  const { biasIh, biasHh, peephole } = sumNumbers(gate);
  const names = parameterNames(name);
  const [wIh, wHh, bIh, bHh] = [
    names.weightIh.toLowerCase(),
    names.weightHh.toLowerCase(),
    names.biasIh,
    names.biasHh,
  ];
  const isResetBefore = name === "n" && !explanation.variant.resetAfter;
  const hasPeephole = hasPeepholeTerm(explanation, name);
  return [
    `${wIh} = ${pythonList(weights.subarray(0, inputCount))}  # weight_ih${suffix}[${row}]`,
    `${wHh} = ${pythonList(weights.subarray(inputCount))}  # weight_hh${suffix}[${row}]`,
    ...(hasBias
      ? [
          `${bIh} = ${pythonNumber(biasIh)}  # bias_ih${suffix}[${row}]`,
          `${bHh} = ${pythonNumber(biasHh)}  # bias_hh${suffix}[${row}]`,
        ]
      : []),
    ...(isResetBefore
      ? [`rh = ${pythonList(operands.subarray(inputCount))}  # r * h, with the r of every unit`]
      : []),
    ...(hasPeephole ? [`p_${name} = ${pythonNumber(peephole)}  # peephole`] : []),
    ...before,
    `${variableOf(name)} = ${activated(explanation, gate)}`,
  ];
}

function hasPeepholeTerm({ cell, variant }: UnitExplanation, gate: string): boolean {
  return cell === "LSTM" && variant.peephole && gate !== "g";
}

/** An RNN's only sum is h_t itself; h is the previous state. */
function variableOf(gate: string): string {
  return gate === "h" ? "h_t" : gate;
}

function activated(explanation: UnitExplanation, gate: UnitSum): string {
  const { hasBias, variant } = explanation;
  const { name } = gate;
  const names = parameterNames(name);
  const bias = (biasName: string): string => (hasBias ? ` + ${biasName}` : "");
  const isCandidate = name === "n";
  const state = isCandidate && !variant.resetAfter ? "rh" : "h";
  const recurrent = `dot(${names.weightHh.toLowerCase()}, ${state})${bias(names.biasHh)}`;
  const scaled = isCandidate && variant.resetAfter ? `r * (${recurrent})` : recurrent;
  const peephole = hasPeepholeTerm(explanation, name)
    ? ` + p_${name} * ${name === "o" ? "c_t" : "c"}`
    : "";
  const sum = `dot(${names.weightIh.toLowerCase()}, x)${bias(names.biasIh)} + ${scaled}${peephole}`;
  const limited = variant.clip === null ? sum : `clip(${sum})`;
  const squash = activationName(explanation, name);
  return `${["tanh", "relu"].includes(squash) ? squash : "sigma"}(${limited})`;
}

const cellLine = "c_t = f * c + i * g";

function updateLines({ cell, place, variant }: UnitExplanation): string[] {
  switch (cell) {
    case "RNN":
      return [];
    case "LSTM":
      return [...(variant.peephole ? [] : [cellLine]), "h_t = o * tanh(c_t)"];
    case "GRU":
      return [`h_t = (1 - z) * n + z * h[${place.unit}]`];
  }
}

function pythonList(values: Float64Array): string {
  return `[${Array.from(values, pythonNumber).join(", ")}]`;
}
