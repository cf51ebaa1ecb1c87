/**
 * References of less precision: what reproduces them, or what makes the other side as precise. Nothing is wrong there.
 */
import type { Dialect } from "./dialects";
import { sameMaker, type Maker, type Makers } from "./fix";
import { conversion, type Conversion } from "./convert";

const matrices = ["weightIh", "weightHh"] as const;
const allRoles = [...matrices, "biasIh", "biasHh", "weightHr", "peephole"] as const;

/** `convert(state)` rounds the weights as the reference has them. */
function rounded(own: Omit<Conversion, "comments">): Maker {
  return (frame, wrong) =>
    conversion(frame, {
      ...own,
      comments: [`Nothing is wrong: ${wrong.title}. With weights rounded like that, both agree`],
    });
}

/** Rounding to `bits` explicit bits of mantissa, ties to even; nothing below 2^least. */
function roundingLines(bits: number, least: number): string[] {
  return [
    "const round = (v: number): number => {",
    `  const unit = 2 ** Math.max(Math.floor(Math.log2(Math.abs(v))) - ${bits}, ${least});`,
    "  const [whole, rest] = [Math.floor(v / unit), v / unit - Math.floor(v / unit)];",
    "  return (whole + (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? 1 : 0)) * unit;",
    "};",
    "converted[name] = w.map((v) => (v === 0 ? 0 : round(v)));",
  ];
}

const halfWeights = rounded({
  roles: allRoles,
  python: ({ name }) => [
    name === "torch"
      ? "state[name] = w.to(torch.float16).to(torch.float32)"
      : "state[name] = w.astype(np.float16).astype(np.float32)",
  ],
  typescript: roundingLines(10, -24),
});

const bfloat16Weights = rounded({
  roles: allRoles,
  python: ({ name }) =>
    name === "torch"
      ? ["state[name] = w.to(torch.bfloat16).to(torch.float32)"]
      : [
          "bits = w.astype(np.float32).view(np.uint32)  # the upper 16 bits, to nearest, ties to even",
          "bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)",
          "state[name] = bits.view(np.float32)",
        ],
  typescript: roundingLines(7, -133),
});

const int8Weights = rounded({
  roles: matrices,
  python: ({ name }) => [
    "scale = abs(w).max() / 127",
    `state[name] = ${name === "torch" ? "torch" : "np"}.round(w / scale) * scale`,
  ],
  typescript: [
    "const scale = w.reduce((most, v) => Math.max(most, Math.abs(v)), 0) / 127;",
    "converted[name] = w.map((v) => Math.round(v / scale) * scale);",
  ],
});

const tf32: Maker = (_frame, wrong) => ({
  python: ({ name }) =>
    name === "torch"
      ? [
          `# Nothing is wrong with the code: ${wrong.title}. For products in float32:`,
          "torch.backends.cudnn.allow_tf32 = False",
          "torch.backends.cuda.matmul.allow_tf32 = False",
        ]
      : [
          "def tf32(values):",
          `    # Nothing is wrong: ${wrong.title}. Both operands of every product through this, and both agree`,
          "    mantissa, exponent = np.frexp(np.asarray(values, dtype=np.float64))",
          "    units = np.floor(np.abs(mantissa) * 2048 + 0.5)  # ties away from zero",
          "    return np.ldexp(np.sign(mantissa) * units / 2048, exponent)",
        ],
  typescript: [
    "function tf32(v: number): number {",
    `  // Nothing is wrong: ${wrong.title}. Both operands of every product through this, and both agree`,
    "  if (v === 0) return 0;",
    "  const unit = 2 ** (Math.floor(Math.log2(Math.abs(v))) - 10);",
    "  return Math.sign(v) * Math.floor(Math.abs(v) / unit + 0.5) * unit; // ties away from zero",
    "}",
  ],
});

/** `widened(state)`: every tensor as float32, for a run that computes in float32. */
const widened: Maker = (_frame, wrong) => ({
  python: ({ name }: Dialect) => [
    "def widened(state):",
    `    # Nothing is wrong: ${wrong.title}. In float32 the network computes like this run`,
    `    return {name: w.${name === "torch" ? "float()" : "astype(np.float32)"} for name, w in state.items()}`,
  ],
  typescript: [
    "function widened(state: Record<string, ArrayLike<number>>): Record<string, Float32Array> {",
    `  // Nothing is wrong: ${wrong.title}. In float32 the network computes like this run`,
    "  return Object.fromEntries(Object.entries(state).map(([name, w]) => [name, Float32Array.from(w)]));",
    "}",
  ],
});

export const precisionFixes: Makers = {
  "precision/half-weights": halfWeights,
  "precision/bfloat16-weights": bfloat16Weights,
  "precision/int8-weights": int8Weights,
  "precision/tf32": tf32,
  ...sameMaker("precision", ["bfloat16", "float16"], widened),
};
