/**
 * What the output holds at each step, and its axes: the loop as it is right, or what was returned laid out anew.
 */
import { numDirections, stateSize } from "../../model/config";
import { sameMaker, type FixFrame, type Maker, type Makers } from "./fix";
import { tuple } from "./literals";
import { runLoop } from "./states";

/** `convert_output(output)`: an output that was laid out otherwise, in the layout of torch.nn. */
function output(
  python: (frame: FixFrame) => string,
  typescript: (frame: FixFrame) => readonly string[],
  isBatchFirst = false,
): Maker {
  return (frame, wrong) => {
    const { config, seqLength: T, batchSize: B } = frame;
    const width = numDirections(config) * stateSize(config);
    const comment = `was: ${wrong.title}; here the result is ${tuple(
      isBatchFirst || config.batchFirst ? [B, T, width] : [T, B, width],
    )}`;
    return {
      python: () => [
        "def convert_output(output):",
        `    # ${comment}`,
        `    return ${python(frame)}`,
      ],
      typescript: [
        "function convertOutput(output: Float32Array): Float32Array {",
        `  // ${comment}`,
        ...typescript(frame).map((line) => `  ${line}`),
        "}",
      ],
    };
  };
}

/** Sizes of the two leading axes of an output as it is right. */
function leadingAxes({ config, seqLength, batchSize }: FixFrame): readonly [number, number] {
  return config.batchFirst ? [batchSize, seqLength] : [seqLength, batchSize];
}

/** Lines that exchange the two leading axes of what has `first` · `second` · width values. */
function exchangedAxes(first: number, second: number): string[] {
  return [
    `const [first, second, width] = [${first}, ${second}, output.length / ${first * second}];`,
    "const from = (a: number, b: number): number => (b * second + a) * width;",
    "return output.map((_, k) => output[from(Math.floor(k / (first * width)), Math.floor(k / width) % first) + (k % width)]);",
  ];
}

const halvesExchanged: Maker = (frame, wrong) => {
  const R = stateSize(frame.config);
  const comment = `was: ${wrong.title}`;
  return {
    python: (dialect) => [
      "def convert_output(output):",
      `    # ${comment}; ${R} features each`,
      `    return ${dialect.join(`[output[..., ${R}:], output[..., :${R}]]`, -1)}`,
    ],
    typescript: [
      "function convertOutput(output: Float32Array): Float32Array {",
      `  // ${comment}; ${R} features each`,
      `  return output.map((_, k) => output[k % ${2 * R} < ${R} ? k + ${R} : k - ${R}]);`,
      "}",
    ],
  };
};

const timeReversed: Maker = (frame, wrong) => {
  const { config, seqLength: T } = frame;
  // Without an axis of the batch, time is the first one whatever batch_first says.
  const axis = config.batchFirst ? -2 : 0;
  const after = config.batchFirst ? "" : `${frame.batchSize} * `;
  const width = numDirections(config) * stateSize(config);
  return {
    python: (dialect) => [
      "def convert_output(output):",
      `    # was: ${wrong.title}`,
      `    return ${dialect.flip("output", axis)}  # the axis of time, T = ${T}`,
    ],
    typescript: [
      "function convertOutput(output: Float32Array): Float32Array {",
      `  // was: ${wrong.title}`,
      `  const [T, size] = [${T}, ${after}${width}]; // of one step`,
      "  const from = (t: number): number => t + T - 1 - 2 * (t % T);",
      "  return output.map((_, k) => output[from(Math.floor(k / size)) * size + (k % size)]);",
      "}",
    ],
  };
};

const axesSwapped = output(
  () => "output.swapaxes(0, 1)",
  (frame) => {
    const [first, second] = leadingAxes(frame);
    return exchangedAxes(second, first);
  },
);

const viewed = output(
  (frame) => {
    const [first, second] = leadingAxes(frame);
    return `output.reshape(${second}, ${first}, -1).swapaxes(0, 1)`;
  },
  (frame) => {
    const [first, second] = leadingAxes(frame);
    return exchangedAxes(second, first);
  },
);

/** (T, D, B, R) as the directions side by side. */
const directionAxis: Maker = (frame, wrong) => {
  const { config, seqLength: T, batchSize: B } = frame;
  const [D, R] = [numDirections(config), stateSize(config)];
  const [first, second] = leadingAxes(frame);
  const axes = config.batchFirst ? "2, 0, 1, 3" : "0, 2, 1, 3";
  const comment = `was: ${wrong.title}: (${T}, ${D}, ${B}, ${R})`;
  return {
    python: ({ name }) => [
      "def convert_output(output):",
      `    # ${comment}`,
      `    return output.${name === "torch" ? "permute" : "transpose"}(${axes}).reshape(${first}, ${second}, ${D * R})`,
    ],
    typescript: [
      "function convertOutput(output: Float32Array): Float32Array {",
      `  // ${comment}`,
      `  const [D, B, R] = [${D}, ${B}, ${R}];`,
      "  const from = (t: number, row: number, d: number): number => ((t * D + d) * B + row) * R;",
      "  return output.map((_, k) => {",
      `    const [a, b] = [Math.floor(k / (${second} * D * R)), Math.floor(k / (D * R)) % ${second}];`,
      `    return output[from(${config.batchFirst ? "b, a" : "a, b"}, Math.floor(k / R) % D) + (k % R)];`,
      "  });",
      "}",
    ],
  };
};

/** `steps(x)`: what is read at each t, (B, I), from an input as the user has it. */
const steps: Maker = ({ config, seqLength: T, batchSize: B }, wrong) => {
  const [shape, at] = config.batchFirst ? ["B, T, I", "x[:, t]"] : ["T, B, I", "x[t]"];
  const { inputSize: I } = config;
  const place = config.batchFirst ? `(row * ${T} + t) * ${I}` : `(t * ${B} + row) * ${I}`;
  return {
    python: ({ name }) => [
      `def steps(x):  # (${shape})`,
      `    # was: ${wrong.title}`,
      `    return [${at} for t in range(${T})]  # (${B}, ${I}) each${
        name === "torch" ? `; or batch_first=${config.batchFirst ? "True" : "False"}` : ""
      }`,
    ],
    typescript: [
      `function steps(x: Float32Array, row: number): Float32Array[] { // (${shape})`,
      `  // was: ${wrong.title}`,
      `  const at = (t: number): number => ${place};`,
      `  return Array.from({ length: ${T} }, (_, t) => x.subarray(at(t), at(t) + ${I}));`,
      "}",
    ],
  };
};

export const outputFixes: Makers = {
  ...sameMaker(
    "output",
    [
      "one-step-late",
      "one-step-early",
      "all-steps-last",
      "cell-state",
      "before-output-gate",
      "unprojected",
      "last-step-only",
      "final-states-only",
    ],
    runLoop("output"),
  ),
  ...sameMaker("input", ["time-reversed", "one-step-late"], runLoop("input")),
  "output/time-reversed": timeReversed,
  "output/halves-exchanged": halvesExchanged,
  "layout/output-axes-swapped": axesSwapped,
  "layout/output-view": viewed,
  "layout/direction-axis-kept": directionAxis,
  "layout/batch-time-swapped": steps,
  "layout/input-view": steps,
};
