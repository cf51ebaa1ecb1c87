/**
 * One step of a module's cell as a function of Python, for all rows of the batch, with a comment where it was wrong.
 */
import type { RecurrentConfig } from "../../model/config";
import type { Dialect } from "./dialects";
import { indented } from "./fix";

/** What a line of a step computes, so that a comment can stand at the one that was wrong. */
export type StepPart =
  "sum" | "gates" | "candidate" | "cell" | "outputGate" | "output" | "projection" | "update";

/** A line, and what it computes. */
export type StepLine = readonly [part: StepPart | null, line: string];

/** What the lines of a step are written in. */
interface Writing {
  readonly config: RecurrentConfig;
  readonly dialect: Dialect;
  /** An activation of gates around an expression. */
  readonly gate: (value: string) => string;
  /** Another function around an expression that is limited first where the cell limits its sums. */
  readonly squash: (name: "tanh" | "relu", value: string) => string;
}

/** Names that the parameters of a step have in Python. */
function parametersOf({ bias, projSize, cell, variant }: RecurrentConfig): string[] {
  return [
    "w_ih",
    "w_hh",
    ...(bias ? ["b_ih", "b_hh"] : []),
    ...(projSize > 0 ? ["w_hr"] : []),
    ...(cell === "LSTM" && variant.peephole ? ["p"] : []),
  ];
}

/** `def lstm_step(x, h, c, w_ih, …)`; x (B, I), h (B, R), c (B, H). Returns h, or h and c. */
export function pythonStep(
  config: RecurrentConfig,
  dialect: Dialect,
  at: StepPart,
  comment: string,
): string[] {
  const writing = writingOf(config, dialect);
  const states = config.cell === "LSTM" ? ["h", "c"] : ["h"];
  const head = ["x", ...states, ...parametersOf(config)].join(", ");
  const lines = bodyOf(writing);
  return [
    `def ${config.cell.toLowerCase()}_step(${head}):`,
    ...indented(commented(lines, at, `# ${comment}`)),
  ];
}

/** Lines with a comment above the first one of a part. */
export function commented(lines: readonly StepLine[], at: StepPart, comment: string): string[] {
  const place = Math.max(
    0,
    lines.findIndex(([part]) => part === at),
  );
  return lines.flatMap(([, line], index) => {
    const margin = /^ */.exec(line)?.[0] ?? "";
    return index === place ? [margin + comment, line] : [line];
  });
}

function writingOf(config: RecurrentConfig, dialect: Dialect): Writing {
  const { clip, gateActivation } = config.variant;
  const limited = (value: string): string =>
    clip === null ? value : dialect.clip(value, -clip, clip);
  return {
    config,
    dialect,
    gate: (value) => {
      if (gateActivation.kind === "sigmoid") return dialect.sigmoid(limited(value));
      const { alpha, beta } = gateActivation;
      const inner = value.includes(" ") && clip === null ? `(${value})` : limited(value);
      return dialect.clip(`${alpha} * ${inner} + ${beta}`, 0, 1);
    },
    squash: (name, value) => dialect[name](limited(value)),
  };
}

function bodyOf(writing: Writing): StepLine[] {
  switch (writing.config.cell) {
    case "RNN":
      return rnnLines(writing);
    case "LSTM":
      return lstmLines(writing);
    case "GRU":
      return gruLines(writing);
  }
}

function sumOf({ bias }: RecurrentConfig): string {
  return bias ? "x @ w_ih.T + b_ih + h @ w_hh.T + b_hh" : "x @ w_ih.T + h @ w_hh.T";
}

function rnnLines({ config, squash }: Writing): StepLine[] {
  return [
    ["sum", `sums = ${sumOf(config)}`],
    ["candidate", `return ${squash(config.nonlinearity, "sums")}`],
  ];
}

function lstmLines({ config, dialect, gate, squash }: Writing): StepLine[] {
  const { peephole, coupledInputForget } = config.variant;
  const look = (name: string, state: string): string =>
    peephole ? `${name} + p_${name} * ${state}` : name;
  const [i, f, g] = [gate(look("i", "c")), gate(look("f", "c")), squash("tanh", "g")];
  return [
    ["sum", `i, f, g, o = ${dialect.split(sumOf(config), 4, -1)}`],
    ...(peephole ? ([[null, `p_i, p_f, p_o = ${dialect.split("p", 3, -1)}`]] as const) : []),
    ["gates", coupledInputForget ? `i = ${i}` : `i, f = ${i}, ${f}`],
    ...(coupledInputForget ? ([["gates", "f = 1 - i"]] as const) : []),
    ["candidate", `g = ${g}`],
    ["cell", "c = f * c + i * g"],
    ["outputGate", `o = ${gate(look("o", "c"))}`],
    ["output", `h = o * ${dialect.tanh("c")}`],
    ...(config.projSize > 0 ? ([["projection", "h = h @ w_hr.T"]] as const) : []),
    [null, "return h, c"],
  ];
}

function gruLines(writing: Writing): StepLine[] {
  const { config, dialect, gate, squash } = writing;
  const bias = (name: string): string => (config.bias ? ` + ${name}` : "");
  const ofInput = dialect.split(`x @ w_ih.T${bias("b_ih")}`, 3, -1);
  const gates = `r, z = ${gate("x_r + h_r")}, ${gate("x_z + h_z")}`;
  const update: StepLine = ["update", "return (1 - z) * n + z * h"];
  if (config.variant.resetAfter) {
    return [
      ["sum", `x_r, x_z, x_n = ${ofInput}`],
      [null, `h_r, h_z, h_n = ${dialect.split(`h @ w_hh.T${bias("b_hh")}`, 3, -1)}`],
      ["gates", gates],
      ["candidate", `n = ${squash("tanh", "x_n + r * h_n")}`],
      update,
    ];
  }
  const twoBlocks = 2 * config.hiddenSize;
  const ofState = `h @ w_hh[:${twoBlocks}].T${bias(`b_hh[:${twoBlocks}]`)}`;
  const ofScaled = `(r * h) @ w_hh[${twoBlocks}:].T${bias(`b_hh[${twoBlocks}:]`)}`;
  return [
    ["sum", `x_r, x_z, x_n = ${ofInput}`],
    [null, `h_r, h_z = ${dialect.split(ofState, 2, -1)}`],
    ["gates", gates],
    ["candidate", `n = ${squash("tanh", `x_n + ${ofScaled}`)}`],
    update,
  ];
}
