/**
 * Two directions: the reverse one runs over the flipped input and is flipped back, and stands behind the forward one.
 */
import { stateSize } from "../../model/config";
import { sameMaker, type Maker, type Makers } from "./fix";

/** `run_reverse(run, xs)`: `run` takes steps in the order in which they are processed, and returns h of each. */
const runReverse: Maker = ({ lengths, seqLength, batchSize }, wrong) => ({
  python: (dialect) => {
    const comment = `    # was: ${wrong.title}`;
    if (lengths === null) {
      return [
        "def run_reverse(run, xs):",
        comment,
        `    outputs = run(${dialect.flip("xs", 0)})  # from t = ${seqLength - 1} to t = 0`,
        `    return ${dialect.flip("outputs", 0)}  # back in the order of xs`,
      ];
    }
    const module = dialect.name === "torch" ? "torch" : "np";
    return [
      "def run_reverse(run, xs, lengths):",
      comment,
      `    t, rows = ${module}.arange(${seqLength})[:, None], ${module}.arange(${batchSize})`,
      `    n = ${dialect.array("lengths")}`,
      `    at = ${module}.where(t < n, n - 1 - t, t)  # each row flipped within its length`,
      "    return run(xs[at, rows])[at, rows] * (t < n)[:, :, None]",
    ];
  },
  typescript: [
    "type Steps = number[][]; // of one row",
    "function runReverse(run: (xs: Steps) => Steps, xs: Steps, length = xs.length): Steps {",
    `  // was: ${wrong.title}`,
    "  const outputs = run(xs.slice(0, length).reverse()).reverse(); // there and back, within the length",
    "  return xs.map((_, t) => (t < length ? outputs[t] : outputs[0].map(() => 0)));",
    "}",
  ],
});

/** `join(forward, reverse)`: the output of a layer from those of its directions. */
const joined: Maker = ({ config }, wrong) => {
  const R = stateSize(config);
  return {
    python: (dialect) => [
      "def join(forward, reverse):",
      `    # was: ${wrong.title}`,
      `    return ${dialect.join("[forward, reverse]", -1)}  # ${R} + ${R} features`,
    ],
    typescript: [
      "function join(forward: number[][], reverse: number[][]): number[][] {",
      `  // was: ${wrong.title}`,
      `  return forward.map((h, t) => [...h, ...reverse[t]]); // ${R} + ${R} features at each step`,
      "}",
    ],
  };
};

/** `stack(layers, x)`: each layer is a function from a sequence to a sequence. */
export const stacked: Maker = (_frame, wrong) => ({
  python: () => [
    "def stack(layers, x):",
    "    for layer in layers:",
    `        # was: ${wrong.title}`,
    "        x = layer(x)  # what it returns at t is read at t by the next one",
    "    return x",
  ],
  typescript: [
    "type Sequence = number[][];",
    "function stack(layers: ((x: Sequence) => Sequence)[], x: Sequence): Sequence {",
    `  // was: ${wrong.title}`,
    "  for (const layer of layers) x = layer(x); // what it returns at t is read at t by the next one",
    "  return x;",
    "}",
  ],
});

export const directionFixes: Makers = {
  ...sameMaker(
    "flip",
    ["input-not-flipped", "output-not-flipped-back", "neither", "batch-axis"],
    runReverse,
  ),
  ...sameMaker("packing", ["reverse-over-padding", "flip-then-mask"], runReverse),
  ...sameMaker(
    "concat",
    ["reverse-first", "interleaved", "sum", "mean", "product", "forward-only", "reverse-only"],
    joined,
  ),
  ...sameMaker("layer", ["input-is-x", "residual-added", "reads-previous-step"], stacked),
  "output/lower-layer": stacked,
};
