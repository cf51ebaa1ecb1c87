/** What is measured: networks by size and cell, the same weights and input for every engine, as files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onnxModel } from "./onnxModel.mjs";

export const cells = ["RNN", "GRU", "LSTM"];

const size = (name, [inputSize, hiddenSize, numLayers], directions, [seqLength, batchSize]) => ({
  name,
  inputSize,
  hiddenSize,
  numLayers,
  bidirectional: directions === 2,
  seqLength,
  batchSize,
});

export const sizes = [
  size("tiny", [10, 20, 3], 2, [5, 7]),
  size("small", [64, 128, 1], 1, [100, 1]),
  size("long", [32, 64, 1], 1, [20_000, 1]),
  size("medium", [256, 512, 2], 2, [128, 8]),
  size("large", [512, 1024, 2], 1, [256, 1]),
];

const gateCount = { RNN: 1, GRU: 3, LSTM: 4 };

export function describeSize(of) {
  const { name, inputSize, hiddenSize, numLayers, bidirectional, seqLength, batchSize } = of;
  const directions = bidirectional ? ", two directions" : "";
  return `${name}: I ${inputSize}, H ${hiddenSize}, L ${numLayers}${directions}, T ${seqLength}, B ${batchSize}`;
}

/** Names and shapes in PyTorch's order. */
function parametersOf({ inputSize, hiddenSize, numLayers, bidirectional }, cell) {
  const suffixes = bidirectional ? ["", "_reverse"] : [""];
  const rows = gateCount[cell] * hiddenSize;
  return Array.from({ length: numLayers }, (_, layer) => {
    const features = layer === 0 ? inputSize : suffixes.length * hiddenSize;
    return suffixes.flatMap((suffix) => [
      { name: `weight_ih_l${layer}${suffix}`, shape: [rows, features] },
      { name: `weight_hh_l${layer}${suffix}`, shape: [rows, hiddenSize] },
      { name: `bias_ih_l${layer}${suffix}`, shape: [rows] },
      { name: `bias_hh_l${layer}${suffix}`, shape: [rows] },
    ]);
  }).flat();
}

const elementCount = (shape) => shape.reduce((product, length) => product * length, 1);

/** Numbers in ±scale, the same at every start. */
function makeDraw() {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return (length, scale) => Float32Array.from({ length }, () => scale * next());
}

/**
 * Writes one case: weights in ±1/√H, as PyTorch draws them, and an input (T, B, I) in ±1.
 *
 * Gives what engines are asked to prepare: sizes, `parameters`, and the files `values` (float32: the parameters in
 * order, then the input) and `model` (ONNX; null when `protobuf` is).
 */
export function writeCase(of, cell, folder, protobuf) {
  const draw = makeDraw();
  const scale = 1 / Math.sqrt(of.hiddenSize);
  const parameters = parametersOf(of, cell);
  const weights = parameters.map(({ shape }) => draw(elementCount(shape), scale));
  const input = draw(of.seqLength * of.batchSize * of.inputSize, 1);
  const name = `${of.name}-${cell.toLowerCase()}`;
  const values = join(folder, `${name}.f32`);
  writeFileSync(values, Buffer.concat([...weights, input].map((each) => Buffer.from(each.buffer))));
  const manifest = { ...of, name, size: of.name, cell, parameters, values, model: null };
  if (protobuf === null) return manifest;
  const model = join(folder, `${name}.onnx`);
  const named = new Map(parameters.map((each, index) => [each.name, weights[index]]));
  writeFileSync(model, onnxModel(protobuf, manifest, named));
  return { ...manifest, model };
}
