/**
 * A run of layers of a Keras model as Keras is asked for it.
 */
import { toTimeMajor } from "../../model/sequence";
import type { RunInputs } from "../../run/inputs";
import type { Tensor } from "../../tensor/tensor";
import type { EngineChoice } from "../engine";
import { givenTensors } from "./torchRequest";
import type { KerasHeader, PythonRequest } from "./wire";

/** Where the layers of a run lie. */
export interface KerasFile {
  /** On this computer. */
  readonly path: string;
  readonly format: KerasHeader["format"];
  /** Prefix of the module: the names of its layers, joined by `+`, and a dot. */
  readonly module: string;
}

export function kerasRequest(
  inputs: RunInputs,
  { path, format, module }: KerasFile,
  choice: EngineChoice,
): PythonRequest {
  const layers = module.replace(/\.$/, "").split("+");
  const { lengths } = inputs;
  const device = choice.device ?? "cpu";
  return {
    header: { op: "keras", path, format, layers, lengths, device },
    tensors: new Map([...givenTensors(inputs), ...tokensOf(inputs)]),
  };
}

/** The tokens as the whole model takes them, (T, B). */
function tokensOf({ surrounding, config }: RunInputs): [string, Tensor][] {
  const tokens = surrounding?.tokens ?? null;
  if (tokens === null) return [];
  const [first = 0, second] = tokens.shape;
  if (second === undefined) return [["tokens", { ...tokens, shape: [first, 1] }]];
  const shape = config.batchFirst ? [second, first] : [first, second];
  const data = toTimeMajor({ ...tokens, shape: [first, second, 1] }, config.batchFirst);
  return [["tokens", { ...tokens, shape, data }]];
}
