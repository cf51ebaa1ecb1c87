/**
 * A run as PyTorch is asked for it: its tensors, time-major, under the names that `python/unroll_torch.py` reads.
 */
import type { RunInputs } from "../../run/inputs";
import { stateSize, type RecurrentConfig } from "../../model/config";
import { numDirections } from "../../model/config";
import { sequenceSizes, toTimeMajor } from "../../model/sequence";
import type { Tensor } from "../../tensor/tensor";
import type { EngineChoice } from "../engine";
import type { PythonRequest, TorchHeader } from "./wire";

/** Bytes of the gates of a run from which on they are not asked for: four times as much as its states. */
const maxGateBytes = 2 ** 29;

/** The request for a run; `loss` asks for the gradients of its states as well. */
export function torchRequest(
  inputs: RunInputs,
  choice: EngineChoice,
  loss?: TorchHeader["loss"],
): PythonRequest {
  const { config, lengths, precision } = inputs;
  const dtype = choice.dtype ?? (precision === "f64" ? "float64" : "float32");
  return {
    header: {
      op: "pytorch",
      config,
      lengths,
      dtype,
      device: choice.device ?? "cpu",
      tf32: choice.tf32 ?? false,
      gates: config.cell !== "RNN" && gateBytes(inputs, dtype) <= maxGateBytes,
      ...(loss === undefined ? {} : { loss }),
    },
    tensors: new Map([...weightTensors(inputs), ...givenTensors(inputs)]),
  };
}

function gateBytes({ config, input }: RunInputs, dtype: TorchHeader["dtype"]): number {
  const { seqLength = 0, batchSize = 0 } = sequenceSizes(input.shape, config.batchFirst) ?? {};
  const lanes = config.numLayers * numDirections(config);
  const gates = config.cell === "LSTM" ? 4 : 3;
  const width = dtype === "float64" ? 8 : 4;
  return seqLength * batchSize * lanes * gates * config.hiddenSize * width;
}

function weightTensors({ parameters }: RunInputs): [string, Tensor][] {
  return [...parameters].map(([name, tensor]) => [`weights.${name}`, tensor]);
}

/** Input (T, B, I), h0 (L·D, B, P) and c0 (L·D, B, H). @throws RangeError for an input that no run takes. */
export function givenTensors({ config, input, h0, c0 }: RunInputs): [string, Tensor][] {
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  if (sizes === null) throw new RangeError("the shape check admits inputs of rank 2 and 3 only");
  const { seqLength, batchSize, features } = sizes;
  const data = toTimeMajor(input, config.batchFirst);
  const given: [string, Tensor][] = [
    ["input", { ...input, shape: [seqLength, batchSize, features], data }],
  ];
  const shape = (size: number): number[] => [slotsOf(config), batchSize, size];
  if (h0 !== null) given.push(["h0", { ...h0, shape: shape(stateSize(config)) }]);
  if (c0 !== null) given.push(["c0", { ...c0, shape: shape(config.hiddenSize) }]);
  return given;
}

function slotsOf(config: RecurrentConfig): number {
  return config.numLayers * numDirections(config);
}
