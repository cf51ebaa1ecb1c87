/**
 * h_n and c_n: their rows in the order of torch.nn, and which step they hold.
 */
import { numDirections, stateSize } from "../../model/config";
import type { FixFrame, Maker, Makers } from "./fix";
import { list } from "./literals";
import { permuted, runLoop, viewedStates } from "./states";

/** `convert_states(h)`: row `order[k]` becomes row k; of h_n and of c_n. */
function reordered(orderOf: (layers: number, directions: number) => number[]): Maker {
  return ({ config, batchSize }, wrong) => {
    const D = numDirections(config);
    const order = list(orderOf(config.numLayers, D));
    const comment = `was: ${wrong.title}; here row k holds layer k // ${D}, direction k % ${D}`;
    return {
      python: () => [
        "def convert_states(h):  # h_n, and c_n likewise",
        `    # ${comment}`,
        `    return h[${order}]`,
      ],
      typescript: [
        "function convertStates(h: Float32Array): Float32Array { // h_n, and c_n likewise",
        `  // ${comment}`,
        `  const [order, size] = [${order}, h.length / ${config.numLayers * D}]; // ${batchSize} rows each`,
        "  return h.map((_, k) => h[order[Math.floor(k / size)] * size + (k % size)]);",
        "}",
      ],
    };
  };
}

/** Slots layer by layer: where each lies in what was returned. */
function eachSlot(
  L: number,
  D: number,
  from: (layer: number, direction: number) => number,
): number[] {
  return Array.from({ length: L * D }, (_, slot) => from(Math.floor(slot / D), slot % D));
}

/** [B, L·D, size] → [L·D, B, size]. */
const batchFirst = permuted(
  () => "h.swapaxes(0, 1)",
  (wrong, slots, batchSize) => `was: ${wrong}: (${batchSize}, ${slots}, ·)`,
);

/** `final_states(outputs)`: h_n from the output of each layer, (T, B, D·R). */
const finalStates: Maker = (frame, wrong) => {
  const R = stateSize(frame.config);
  const { bidirectional } = frame.config;
  return {
    python: (dialect) => [
      `def final_states(outputs${frame.lengths === null ? "" : ", lengths"}):  # of each layer, (T, B, ·)`,
      `    # was: ${wrong.title}`,
      ...lastLines(frame, dialect.array("lengths"), dialect.name === "torch" ? "torch" : "np"),
      bidirectional
        ? `    return ${dialect.stack(`[h for y in outputs for h in (y[last][..., :${R}], y[0][..., ${R}:])]`)}`
        : `    return ${dialect.stack("[y[last] for y in outputs]")}`,
    ],
    typescript: [
      "type Sequence = number[][]; // of one row",
      "function finalStates(outputs: Sequence[], length = outputs[0].length): Sequence {",
      `  // was: ${wrong.title}`,
      bidirectional
        ? `  return outputs.flatMap((y) => [y[length - 1].slice(0, ${R}), y[0].slice(${R})]);`
        : "  return outputs.map((y) => y[length - 1]);",
      "}",
    ],
  };
};

function lastLines(frame: FixFrame, lengths: string, module: string): string[] {
  return frame.lengths === null
    ? ["    last = -1  # the forward direction ends at the last step, the reverse one at t = 0"]
    : [
        `    last = (${lengths} - 1, ${module}.arange(${frame.batchSize}))  # of each row; reverse: t = 0`,
      ];
}

export const finalFixes: Makers = {
  "h_n/direction-major": reordered((L, D) =>
    eachSlot(L, D, (layer, direction) => direction * L + layer),
  ),
  "h_n/layers-reversed": reordered((L, D) =>
    eachSlot(L, D, (layer, direction) => (L - 1 - layer) * D + direction),
  ),
  "h_n/directions-swapped": reordered((L, D) =>
    eachSlot(L, D, (layer, direction) => layer * D + D - 1 - direction),
  ),
  "h_n/view-for-permute": viewedStates,
  "h_n/batch-first": batchFirst,
  "h_n/reverse-from-last-step": finalStates,
  "h_n/last-layer-only": finalStates,
  "packing/h_n-from-output-last": finalStates,
  "h_n/c_n-swapped": runLoop("returned"),
  "h_n/c_n-is-h_n": runLoop("returned"),
  "h_n/is-h0": runLoop("returned"),
};
