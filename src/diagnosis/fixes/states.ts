/**
 * Initial states, which weights a layer takes, and the loop over the steps of a sequence.
 */
import { numDirections, stateSize } from "../../model/config";
import { indented, sameMaker, type Maker, type Makers } from "./fix";
import { pythonString, tuple, typescriptString } from "./literals";
import { tensorGroups } from "./names";

/** `layer_weights(state, layer, direction)`: the tensors of a place, by the user's names. */
const layerWeights: Maker = (frame, wrong) => {
  const { config } = frame;
  const D = numDirections(config);
  const groups = tensorGroups(frame);
  const places = groups.map((_, index) => [Math.floor(index / D), index % D] as const);
  const names = (quote: (name: string) => string): string[] =>
    groups.map((group) => group.map(({ name }) => quote(name)).join(", "));
  const inPython = names(pythonString);
  const inTypescript = names(typescriptString);
  return {
    python: () => [
      "names = {",
      ...places.map((place, index) => `    ${tuple(place)}: (${inPython[index]!}),`),
      "}",
      "",
      "def layer_weights(state, layer, direction):",
      `    # was: ${wrong.title}`,
      "    return [state[name] for name in names[layer, direction]]  # direction 1 is the reverse one",
    ],
    typescript: [
      `const names = [ // layer · ${D} + direction; direction 1 is the reverse one`,
      ...inTypescript.map((group) => `  [${group}],`),
      "];",
      "function layerWeights(state: Record<string, Float32Array>, layer: number, direction: number) {",
      `  // was: ${wrong.title}`,
      `  return names[layer * ${D} + direction].map((name) => state[name]);`,
      "}",
    ],
  };
};

/** `start(h0, c0, layer, direction)`: the states that a direction of a layer begins with. */
const start: Maker = ({ config, batchSize }, wrong) => {
  const D = numDirections(config);
  const [R, H] = [stateSize(config), config.hiddenSize];
  const isLstm = config.cell === "LSTM";
  const slot = `layer * ${D} + direction`;
  const states = (h: string, c: string): string => (isLstm ? `(${h}, ${c})` : h);
  const row = (name: string, size: number): string =>
    `${name}.subarray(at * ${size}, (at + 1) * ${size})`;
  return {
    python: ({ name }) => [
      `def start(h0, ${isLstm ? "c0, " : ""}layer, direction):`,
      `    # was: ${wrong.title}`,
      // States of a cell class have no axis of layers and directions.
      ...(config.isCellClass
        ? [`    return h0${isLstm ? ", c0" : ""}`]
        : [
            `    slot = ${slot}  # of h0 ${tuple([config.numLayers * D, batchSize, R])}`,
            `    return h0[slot]${isLstm ? ", c0[slot]" : ""}`,
            ...(name === "torch"
              ? [`# torch.nn: output, ${states("h_n", "c_n")} = rnn(x, ${states("h0", "c0")})`]
              : []),
          ]),
    ],
    typescript: [
      `function start(h0: Float32Array, ${isLstm ? "c0: Float32Array, " : ""}layer: number, direction: number, row: number) {`,
      `  // was: ${wrong.title}`,
      `  const at = (${slot}) * ${batchSize} + row; // in h0 ${tuple([config.numLayers * D, batchSize, R])}`,
      isLstm ? `  return { h: ${row("h0", R)}, c: ${row("c0", H)} };` : `  return ${row("h0", R)};`,
      "}",
    ],
  };
};

/** `zero_states()`: what a run without initial states begins with. */
const zeroStates: Maker = ({ config, batchSize }, wrong) => {
  const slots = config.numLayers * numDirections(config);
  const sizes = [stateSize(config), ...(config.cell === "LSTM" ? [config.hiddenSize] : [])];
  return {
    python: ({ name }) => {
      const module = name === "torch" ? "torch" : "np";
      const zeros = sizes.map((size) => {
        const shape = [...(config.isCellClass ? [] : [slots]), batchSize, size];
        return `${module}.zeros(${tuple(shape)})`;
      });
      return [
        "def zero_states():",
        `    # was: ${wrong.title}. Without h0 given, it is 0; an h0 that is given is taken as it is`,
        `    return ${zeros.join(", ")}`,
      ];
    },
    typescript: [
      "function zeroStates(): Float32Array[] {",
      `  // was: ${wrong.title}. Without h0 given, it is 0; an h0 that is given is taken as it is`,
      `  return [${sizes.map((size) => `new Float32Array(${slots * batchSize * size})`).join(", ")}];`,
      "}",
    ],
  };
};

/** `convert_states(h)`: states with the batch first, permuted; of h0 and c0, or of h_n and c_n. */
export function permuted(
  expression: (slots: number, batchSize: number) => string,
  explain: (wrong: string, slots: number, batchSize: number) => string,
): Maker {
  return ({ config, batchSize }, wrong) => {
    const slots = config.numLayers * numDirections(config);
    const comment = explain(wrong.title, slots, batchSize);
    return {
      python: () => [
        "def convert_states(h):",
        `    # ${comment}`,
        `    return ${expression(slots, batchSize)}`,
      ],
      typescript: [
        "function convertStates(h: Float32Array): Float32Array {",
        `  // ${comment}`,
        `  const [slots, B, size] = [${slots}, ${batchSize}, h.length / ${slots * batchSize}];`,
        "  const from = (slot: number, row: number): number => (row * slots + slot) * size;",
        "  return h.map((_, k) => h[from(Math.floor(k / (B * size)), Math.floor(k / size) % B) + (k % size)]);",
        "}",
      ],
    };
  };
}

/** States whose buffer has the batch first under the right shape. */
export const viewedStates = permuted(
  (slots, batchSize) => `h.reshape(${batchSize}, ${slots}, -1).swapaxes(0, 1)`,
  (wrong) => `was: ${wrong}. In the code: permute(1, 0, 2), not view or reshape`,
);

/**
 * `run(step, xs, state)`: the loop over a sequence. `step(x, *state)` gives the new states, h first. With lengths, a
 * row keeps its state from its length on, and its output is 0 there.
 */
export function runLoop(where: "state" | "output" | "returned" | "input" | "length"): Maker {
  return (frame, wrong) => ({
    python: (dialect) => {
      const { name } = dialect;
      const comment = `# was: ${wrong.title}`;
      const place = (at: typeof where): string[] => (at === where ? [comment] : []);
      const module = name === "torch" ? "torch" : "np";
      const kept = `tuple(${module}.where(inside, new, old) for new, old in zip(step(x, *state), state))`;
      const hasLengths = frame.lengths !== null;
      return [
        `def run(step, xs, state${hasLengths ? ", lengths" : ""}):`,
        ...indented([
          "outputs = []",
          ...place("input"),
          `for ${hasLengths ? "t, x in enumerate(xs)" : "x in xs"}:`,
          ...indented([
            ...place("length"),
            ...(hasLengths
              ? [
                  `inside = t < ${dialect.array("lengths")}[:, None]  # the padding changes no state`,
                ]
              : []),
            ...place("state"),
            `state = ${hasLengths ? kept : "step(x, *state)"}`,
            ...place("output"),
            `outputs.append(${hasLengths ? "state[0] * inside" : dialect.copy("state[0]")})  # h after the step`,
          ]),
          ...place("returned"),
          `return ${dialect.stack("outputs")}, state`,
        ]),
      ];
    },
    typescript: loopInTypescript(where, wrong.title),
  });
}

function loopInTypescript(where: string, wrong: string): string[] {
  const place = (at: string): string[] => (at === where ? [`// was: ${wrong}`] : []);
  return [
    "type States = number[][]; // h, or h and c, of one row",
    "type Step = (x: number[], ...state: States) => States;",
    "function run(step: Step, xs: number[][], state: States, length = xs.length) {",
    ...indented(
      [
        "const outputs: number[][] = [];",
        ...place("input"),
        ...place("length"),
        "for (const x of xs.slice(0, length)) {",
        ...indented(
          [
            ...place("state"),
            "state = step(x, ...state);",
            ...place("output"),
            "outputs.push([...state[0]]); // h after the step",
          ],
          "  ",
        ),
        "}",
        "for (let t = length; t < xs.length; t++) outputs.push(state[0].map(() => 0));",
        ...place("returned"),
        "return { outputs, state };",
      ],
      "  ",
    ),
    "}",
  ];
}

export const stateFixes: Makers = {
  ...sameMaker(
    "weights",
    [
      "layer0-for-all",
      "layers-reversed",
      "reverse-uses-forward",
      "reverse-input-weights-shared",
      "directions-swapped",
    ],
    layerWeights,
  ),
  ...sameMaker(
    "state",
    [
      "h0-ignored",
      "c0-ignored",
      "h0-c0-ignored",
      "h0-c0-swapped",
      "first-layer-only",
      "layer0-for-all",
      "directions-swapped",
      "direction-major",
      "first-row-for-all",
      "chained-through-layers",
      "reverse-from-forward-final",
      "carried-across-batch",
    ],
    start,
  ),
  "state/h0-ones": zeroStates,
  "state/view-for-permute": viewedStates,
  "state/not-carried": runLoop("state"),
};
