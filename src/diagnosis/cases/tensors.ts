/**
 * The tensors of a case as its files have them.
 */
import { numDirections, stateSize } from "../../model/config";
import { parameterName, parameterShape, type ParameterRole } from "../../model/parameters";
import { directionsOf } from "../../model/directions";
import type { Tensor } from "../../tensor/tensor";
import type { Case, LayerParameters, Model, Returned, Values } from "../base/model";
import { layOutSequence } from "../forward/returned";

/** Values as a file holds them: float32 where that is exact, or where they are rounded to it. */
export function tensorOf({ shape, data }: Values, isDouble: boolean): Tensor {
  return isDouble
    ? { dtype: "float64", shape, data }
    : { dtype: "float32", shape, data: Float32Array.from(data) };
}

/** True where float32 does not hold what a network is made of. */
export function isDouble({ layers, input, h0, c0 }: Model): boolean {
  const parameters = layers
    .flat()
    .flatMap(({ weightIh, weightHh, biasIh, biasHh, weightHr, peephole }) => [
      ...[weightIh, weightHh, biasIh, biasHh, weightHr, peephole],
    ]);
  return [...parameters, input, h0, c0].some((values) => values !== null && !isExact(values));
}

/** True where float32 holds each of some values. */
export function isExact(values: Float64Array): boolean {
  return values.every((value) => Object.is(Math.fround(value), value));
}

/** Input and initial states in the layout of the run, by the names that files give them. */
export function givenTensors({ model, unbatched, hasH0 }: Case): Map<string, Values> {
  const { config, seqLength, batchSize, input, h0, c0 } = model;
  const slots = config.numLayers * numDirections(config);
  const states = (data: Float64Array, size: number): Values => ({
    shape: [...(config.isCellClass ? [] : [slots]), ...(unbatched ? [] : [batchSize]), size],
    data,
  });
  const { batchFirst } = config;
  const tensors = new Map<string, Values>();
  const sizes = [seqLength, batchSize, config.inputSize] as const;
  tensors.set("input", layOutSequence(input, sizes, { batchFirst, unbatched }));
  if (hasH0) tensors.set("h0", states(h0, stateSize(config)));
  if (c0 !== null && (hasH0 || c0.some((value) => value !== 0))) {
    tensors.set("c0", states(c0, config.hiddenSize));
  }
  return tensors;
}

/** What is returned, by the names that run files give it. */
export function returnedTensors({ output, hn, cn }: Returned): Map<string, Values> {
  const named = { output, h_n: hn, c_n: cn };
  return new Map(
    Object.entries(named).flatMap(([name, values]) => (values === null ? [] : [[name, values]])),
  );
}

/** Parameters by torch.nn's names. */
export function parameterTensors({ config, layers }: Model): Map<string, Values> {
  const tensors = new Map<string, Values>();
  const directions = directionsOf(config);
  layers.forEach((lanes, layer) => {
    lanes.forEach((lane, at) => {
      for (const role of roles) {
        const data = lane[role];
        const direction = directions[at];
        if (data === null || direction === undefined) continue;
        const name = parameterName(config, role, layer, direction);
        tensors.set(name, { shape: parameterShape(config, role, layer), data });
      }
    });
  });
  return tensors;
}

const roles = [
  "weightIh",
  "weightHh",
  "biasIh",
  "biasHh",
  "weightHr",
  "peephole",
] as const satisfies readonly (ParameterRole & keyof LayerParameters)[];
