/**
 * Weights and biases in another layout: the conversion of the user's tensors.
 */
import type { CellKind } from "../../model/config";
import { stateSize } from "../../model/config";
import { gateCount, gateOrder } from "../../model/gates";
import type { ParameterRole } from "../../model/parameters";
import { blockOrder } from "../alternatives/gates";
import { fixedAlternatives } from "../alternatives/registry";
import { step } from "./cells";
import { conversion, type Conversion } from "./convert";
import type { FixFrame, Maker, Makers } from "./fix";
import { list, tuple } from "./literals";

type Converted = Omit<Conversion, "comments">;

const biases: readonly ParameterRole[] = ["biasIh", "biasHh"];
const weightsAndBiases: readonly ParameterRole[] = ["weightIh", "weightHh", ...biases];

/** Converts weights of another layout; `code` is the right line for weights that are PyTorch's. */
function layout(
  code: (frame: FixFrame) => string,
  converted: (frame: FixFrame) => Converted,
): Maker {
  return (frame, wrong) =>
    conversion(frame, {
      ...converted(frame),
      comments: [
        `was: ${wrong.title}`,
        "These lines convert a file of that layout. Where the file is right and the code was not:",
        `    ${code(frame)}`,
      ],
    });
}

function gates(cell: CellKind, letters: string, roles: readonly ParameterRole[]): Maker {
  const order = blockOrder(cell, letters);
  const names = gateOrder[cell].join(", ");
  return layout(
    () => `${names} = sums.chunk(${order.length}, -1)`,
    () => ({
      roles,
      python: (dialect) => [
        `blocks = ${dialect.split("w", order.length, 0)}`,
        `state[name] = ${dialect.join(`[blocks[k] for k in ${tuple(order)}]`, 0)}  # ${names}`,
      ],
      typescript: [
        `const [order, size] = [${list(order)}, w.length / ${order.length}]; // ${names}`,
        "const from = (k: number): number => order[Math.floor(k / size)] * size + (k % size);",
        "converted[name] = w.map((_, k) => w[from(k)]);",
      ],
    }),
  );
}

/** The gate orders of the catalogue, by their ids. */
function orderFixes(): Makers {
  const fixes: Record<string, Maker> = {};
  for (const { id } of fixedAlternatives) {
    const [, family, letters = ""] = /^(gates\/|bias\/order-)(.*)$/.exec(id) ?? [];
    if (family === undefined) continue;
    const cell = letters.length === gateCount("LSTM") ? "LSTM" : "GRU";
    fixes[id] = gates(cell, letters, family === "gates/" ? weightsAndBiases : biases);
  }
  return fixes;
}

/** Each square block the other way round. */
function transposed(roles: readonly ParameterRole[], code: string): Maker {
  return layout(
    () => code,
    ({ config }) => {
      const [G, H] = [gateCount(config.cell), config.hiddenSize];
      return {
        roles,
        python: () => [
          `state[name] = w.reshape(${G}, ${H}, ${H}).swapaxes(1, 2).reshape(${G * H}, ${H})`,
        ],
        typescript: [
          `const H = ${H};`,
          "const at = (row: number, k: number): number =>",
          "  w[(row - (row % H) + k) * H + (row % H)];",
          "converted[name] = w.map((_, k) => at(Math.floor(k / H), k % H));",
        ],
      };
    },
  );
}

/** The buffer viewed in the transposed shape, then transposed. */
function reshaped(roles: readonly ParameterRole[], code: string): Maker {
  return layout(
    () => code,
    ({ config }) => {
      const isHr = roles.includes("weightHr");
      const rows = isHr ? config.projSize : gateCount(config.cell) * config.hiddenSize;
      return {
        roles,
        python: () => ["state[name] = w.reshape(w.shape[::-1]).T"],
        typescript: [
          `const [rows, columns] = [${rows}, w.length / ${rows}];`,
          "const from = (k: number): number => (k % columns) * rows + Math.floor(k / columns);",
          "converted[name] = w.map((_, k) => w[from(k)]);",
        ],
      };
    },
  );
}

const exchangedKernel = layout(
  () => "cat([x, h]) @ kernel.T, x first",
  ({ config }) => {
    const [rows, R] = [gateCount(config.cell) * config.hiddenSize, stateSize(config)];
    return {
      roles: ["weightIh", "weightHh"],
      isPair: true,
      python: (dialect) => [
        `kernel = ${dialect.join("[state[ih], state[hh]]", 1)}`,
        `state[hh], state[ih] = kernel[:, :${R}], kernel[:, ${R}:]`,
      ],
      typescript: [
        `const [columns, R] = [a.length / ${rows}, ${R}];`,
        "const kernel = (row: number, k: number): number =>",
        "  k < columns ? a[row * columns + k] : b[row * R + k - columns];",
        "converted[hh] = b.map((_, k) => kernel(Math.floor(k / R), k % R));",
        "converted[ih] = a.map((_, k) => kernel(Math.floor(k / columns), R + (k % columns)));",
      ],
    };
  },
);

const exchangedBiases = layout(
  () => "x @ w_ih.T + b_ih, and r * (h @ w_hh.T + b_hh) for n",
  () => ({
    roles: biases,
    isPair: true,
    python: () => ["state[ih], state[hh] = state[hh], state[ih]"],
    typescript: ["[converted[ih], converted[hh]] = [b, a];"],
  }),
);

const interleavedBiases = layout(
  ({ config }) => `b_ih, b_hh = bias.reshape(2, ${gateCount(config.cell) * config.hiddenSize})`,
  () => ({
    roles: biases,
    isPair: true,
    python: (dialect) => [
      `flat = ${dialect.join("[state[ih], state[hh]]", 0)}`,
      "state[ih], state[hh] = flat[0::2], flat[1::2]",
    ],
    typescript: [
      "const flat = [...a, ...b];",
      "converted[ih] = a.map((_, k) => flat[2 * k]);",
      "converted[hh] = b.map((_, k) => flat[2 * k + 1]);",
    ],
  }),
);

const addedForgetBias = layout(
  () => "f = sigmoid(f), with nothing added",
  ({ config: { hiddenSize: H } }) => ({
    roles: ["biasIh"],
    python: (dialect) => [
      `state[name] = ${dialect.copy("w")}`,
      `state[name][${H}:${2 * H}] += 1  # f`,
    ],
    typescript: [
      `converted[name] = w.map((v, k) => (k >= ${H} && k < ${2 * H} ? v + 1 : v)); // f`,
    ],
  }),
);

const forgetGate = step("gates");

export const weightFixes: Makers = {
  ...orderFixes(),
  // Without biases there is none to add 1 to.
  "lstm/forget-bias-one": (frame, wrong) =>
    (frame.config.bias ? addedForgetBias : forgetGate)(frame, wrong),
  "bias/exchanged": exchangedBiases,
  "bias/split-interleaved": interleavedBiases,
  "weights/hh-transposed": transposed(["weightHh"], "h @ w_hh.T"),
  "weights/ih-transposed": transposed(["weightIh"], "x @ w_ih.T"),
  "weights/both-transposed": transposed(["weightIh", "weightHh"], "x @ w_ih.T and h @ w_hh.T"),
  "weights/hh-reshaped": reshaped(["weightHh"], "h @ w_hh.T"),
  "weights/ih-reshaped": reshaped(["weightIh"], "x @ w_ih.T"),
  "weights/both-reshaped": reshaped(["weightIh", "weightHh"], "x @ w_ih.T and h @ w_hh.T"),
  "weights/hr-reshaped": reshaped(["weightHr"], "(o * tanh(c)) @ w_hr.T"),
  "weights/ih-hh-exchanged": exchangedKernel,
};
