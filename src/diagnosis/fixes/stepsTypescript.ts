/**
 * One step of a module's cell as a function of TypeScript, for one row of the batch, with a comment where it was wrong.
 */
import type { RecurrentConfig } from "../../model/config";
import { indented } from "./fix";
import { commented, type StepLine, type StepPart } from "./stepsPython";

type Wrap = (value: string) => string;

/** Names that the parameters of a step have in TypeScript. */
function parametersOf({ bias, projSize, cell, variant }: RecurrentConfig): string[] {
  return [
    "wIh",
    "wHh",
    ...(bias ? ["bIh", "bHh"] : []),
    ...(projSize > 0 ? ["wHr"] : []),
    ...(cell === "LSTM" && variant.peephole ? ["p"] : []),
  ];
}

const dotLines = [
  "type Vector = ArrayLike<number>;",
  "function dot(w: Vector, row: number, v: Vector): number {",
  "  let sum = 0;",
  "  for (let k = 0; k < v.length; k++) sum += w[row * v.length + k] * v[k];",
  "  return sum;",
  "}",
];

/** `function lstmStep(x, h, c, wIh, …)`: x (I), h (R), c (H), weights row-major. Returns h, or { h, c }. */
export function typescriptStep(config: RecurrentConfig, at: StepPart, comment: string): string[] {
  const names = ["x", "h", ...(config.cell === "LSTM" ? ["c"] : []), ...parametersOf(config)];
  const parameters = names.map((name) => `${name}: Vector`).join(", ");
  return [
    ...dotLines,
    `function ${config.cell.toLowerCase()}Step(${parameters}) {`,
    ...indented(commented(linesOf(config), at, `// ${comment}`), "  "),
    "}",
  ];
}

function linesOf(config: RecurrentConfig): StepLine[] {
  switch (config.cell) {
    case "RNN":
      return rnnLines(config);
    case "LSTM":
      return lstmLines(config);
    case "GRU":
      return gruLines(config);
  }
}

function limitOf({ variant: { clip } }: RecurrentConfig): Wrap {
  return clip === null
    ? (value) => value
    : (value) => `Math.max(-${clip}, Math.min(${clip}, ${value}))`;
}

/** The line that defines the activation of gates. */
function gateLine({ variant: { gateActivation } }: RecurrentConfig): StepLine {
  if (gateActivation.kind === "sigmoid") {
    return [null, "const gate = (v: number): number => 1 / (1 + Math.exp(-v));"];
  }
  const { alpha, beta } = gateActivation;
  const line = `Math.max(0, Math.min(1, ${alpha} * v + ${beta}))`;
  return [null, `const gate = (v: number): number => ${line};`];
}

function ofInput({ bias }: RecurrentConfig): string {
  return `dot(wIh, row, x)${bias ? " + bIh[row]" : ""}`;
}

function ofState({ bias }: RecurrentConfig): string {
  return `dot(wHh, row, h)${bias ? " + bHh[row]" : ""}`;
}

function rnnLines(config: RecurrentConfig): StepLine[] {
  const sum = limitOf(config)("sum(row)");
  const activated = config.nonlinearity === "relu" ? `Math.max(0, ${sum})` : `Math.tanh(${sum})`;
  return [
    ["sum", `const sum = (row: number): number => ${ofInput(config)} + ${ofState(config)};`],
    ["candidate", `return Array.from({ length: ${config.hiddenSize} }, (_, row) => ${activated});`],
  ];
}

function lstmLines(config: RecurrentConfig): StepLine[] {
  const { hiddenSize: H, projSize, variant } = config;
  const limit = limitOf(config);
  const gate = (block: number, look: string): string =>
    `gate(${limit(`sum(${block === 0 ? "" : `${block * H} + `}k)${variant.peephole ? look : ""}`)})`;
  const forget = variant.coupledInputForget ? "1 - i" : gate(1, ` + p[${H} + k] * c[k]`);
  const inLoop: StepLine[] = [
    ["gates", `const i = ${gate(0, " + p[k] * c[k]")};`],
    ["gates", `const f = ${forget};`],
    ["candidate", `const g = Math.tanh(${limit(`sum(${2 * H} + k)`)});`],
    ["cell", "nextC[k] = f * c[k] + i * g;"],
    ["outputGate", `const o = ${gate(3, ` + p[${2 * H} + k] * nextC[k]`)};`],
    ["output", "nextH[k] = o * Math.tanh(nextC[k]);"],
  ];
  const projected = `Array.from({ length: ${projSize} }, (_, row) => dot(wHr, row, nextH))`;
  return [
    gateLine(config),
    ["sum", `const sum = (row: number): number => ${ofInput(config)} + ${ofState(config)};`],
    [null, "const nextH: number[] = [];"],
    [null, "const nextC: number[] = [];"],
    [null, `for (let k = 0; k < ${H}; k++) {`],
    ...inLoop.map(([part, line]) => [part, `  ${line}`] as const),
    [null, "}"],
    ["projection", `return { h: ${projSize > 0 ? projected : "nextH"}, c: nextC };`],
  ];
}

function gruLines(config: RecurrentConfig): StepLine[] {
  const { hiddenSize: H, variant } = config;
  const limit = limitOf(config);
  const gate = (row: string): string => `gate(${limit(`ofX(${row}) + ofH(${row})`)})`;
  const n = `${2 * H} + k`;
  const sums: StepLine[] = [
    gateLine(config),
    ["sum", `const ofX = (row: number): number => ${ofInput(config)};`],
  ];
  const update: StepLine[] = [
    ["update", "  return (1 - z) * n + z * h[k];"],
    [null, "});"],
  ];
  const units = `Array.from({ length: ${H} }, (_, k) =>`;
  if (variant.resetAfter) {
    return [
      ...sums,
      [null, `const ofH = (row: number): number => ${ofState(config)};`],
      [null, `return ${units} {`],
      ["gates", `  const [r, z] = [${gate("k")}, ${gate(`${H} + k`)}];`],
      ["candidate", `  const n = Math.tanh(${limit(`ofX(${n}) + r * ofH(${n})`)});`],
      ...update,
    ];
  }
  const state = ofState(config).replace("row, h)", "row, v)");
  return [
    ...sums,
    [null, `const ofH = (row: number, v = h): number => ${state};`],
    ["gates", `const scaled = ${units} ${gate("k")} * h[k]);`],
    [null, `return ${units} {`],
    [null, `  const z = ${gate(`${H} + k`)};`],
    ["candidate", `  const n = Math.tanh(${limit(`ofX(${n}) + ofH(${n}, scaled)`)});`],
    ...update,
  ];
}
