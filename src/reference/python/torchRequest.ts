/**
 * A run as PyTorch is asked for it: its tensors, time-major, under the names that `python/unroll_torch.py` reads.
 */
import type { RunInputs } from "../../run/inputs";
import { numDirections, stateSize, type RecurrentConfig } from "../../model/config";
import { sequenceSizes, toTimeMajor } from "../../model/sequence";
import type { Tensor } from "../../tensor/tensor";
import type { EngineChoice } from "../engine";
import type { PythonRequest, TorchHeader } from "./wire";

/** Bytes of the gates of a run from which on they are not asked for: four times as much as its states. */
const maxGateBytes = 2 ** 29;

/** Values of h of a run up to which gradients are asked for: what autograd keeps is some thirty times as much. */
const maxGradientValues = 2 ** 21;

/** The request for a run; for the gradients of a small one as well. */
export function torchRequest(inputs: RunInputs, choice: EngineChoice): PythonRequest {
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
      losses: valuesOfH(inputs) <= maxGradientValues ? ["sum", "last"] : [],
    },
    tensors: new Map([...weightTensors(inputs), ...givenTensors(inputs)]),
  };
}

function gateBytes(inputs: RunInputs, dtype: TorchHeader["dtype"]): number {
  const gates = inputs.config.cell === "LSTM" ? 4 : 3;
  return valuesOfH(inputs) * gates * (dtype === "float64" ? 8 : 4);
}

/** Of all steps, layers and directions. */
function valuesOfH({ config, input }: RunInputs): number {
  const { seqLength = 0, batchSize = 0 } = sequenceSizes(input.shape, config.batchFirst) ?? {};
  return seqLength * batchSize * slotsOf(config) * config.hiddenSize;
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
