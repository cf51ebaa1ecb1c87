/**
 * Tensor names → weights of each layer and direction, every shape asserted, decoded to float64 for the arithmetic.
 */
import { NotFoundError } from "../errors";
import { assertShape, type Tensor } from "../tensor/tensor";
import { text } from "../text";
import { directionsOf, layerInputSize, type RecurrentConfig } from "./config";
import { expectedParameters, parameterName, type ParameterRole } from "./parameters";

/**
 * Weights of one direction of one layer, row-major.
 *
 * Shapes: weightIh (G·H, I), weightHh (G·H, H), biases (G·H); G gate blocks in the order of `gates.ts`.
 */
export interface LayerWeights {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly weightIh: Float64Array;
  readonly weightHh: Float64Array;
  /** null without bias. */
  readonly biasIh: Float64Array | null;
  readonly biasHh: Float64Array | null;
}

/** Weights by layer, then by direction (forward first). */
export type NetworkWeights = readonly (readonly LayerWeights[])[];

/**
 * Binds a module's tensors, given by their names without the prefix.
 * @throws NotFoundError when one is missing, ShapeError when one has another shape than the configuration asks for.
 */
export function bindWeights(
  config: RecurrentConfig,
  tensors: ReadonlyMap<string, Tensor>,
): NetworkWeights {
  const values = new Map<string, Float64Array>();
  for (const { name, shape, reason } of expectedParameters(config)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new NotFoundError(name, text("the tensor is missing"), [...tensors.keys()]);
    }
    assertShape(name, tensor.shape, shape, reason);
    values.set(name, Float64Array.from(tensor.data));
  }
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction) => {
      const valuesOf = (role: ParameterRole): Float64Array | null =>
        values.get(parameterName(config, role, layer, direction)) ?? null;
      return {
        inputSize: layerInputSize(config, layer),
        hiddenSize: config.hiddenSize,
        weightIh: valuesOf("weightIh") ?? new Float64Array(),
        weightHh: valuesOf("weightHh") ?? new Float64Array(),
        biasIh: valuesOf("biasIh"),
        biasHh: valuesOf("biasHh"),
      };
    }),
  );
}
