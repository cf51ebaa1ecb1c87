/**
 * Tensor names → weights of each layer and direction, every shape asserted.
 */
import { NotFoundError } from "../core/errors";
import { assertShape, type Tensor } from "../tensor/tensor";
import { text } from "../core/text";
import { layerInputSize, stateSize, type RecurrentConfig } from "./config";
import { directionsOf } from "./directions";
import { expectedParameters, parameterName, type ParameterRole } from "./parameters";

/** Values as the file has them: float64 weights stay float64, everything else is float32. */
export type WeightArray = Float32Array | Float64Array;

/**
 * Weights of one direction of one layer, row-major.
 *
 * Shapes: weightIh (G·H, I), weightHh (G·H, P or H), biases (G·H), weightHr (P, H), peephole (3H: i, f, o); G gate
 * blocks in the order of `gates.ts`.
 */
export interface LayerWeights {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Features of h: P with a projection, else H. */
  readonly stateSize: number;
  readonly weightIh: WeightArray;
  readonly weightHh: WeightArray;
  /** null without bias. */
  readonly biasIh: WeightArray | null;
  readonly biasHh: WeightArray | null;
  /** null without projection. */
  readonly weightHr: WeightArray | null;
  /** null without peepholes. */
  readonly peephole: WeightArray | null;
}

/** Weights by layer, then by direction (forward first). */
export type NetworkWeights = readonly (readonly LayerWeights[])[];

/**
 * Binds a module's tensors, given by their names without the prefix; their data is not copied.
 * @throws NotFoundError when one is missing, ShapeError when one has another shape than the configuration asks for.
 */
export function bindWeights(
  config: RecurrentConfig,
  tensors: ReadonlyMap<string, Tensor>,
): NetworkWeights {
  const values = new Map<string, WeightArray>();
  for (const { name, shape, reason } of expectedParameters(config)) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new NotFoundError(name, text("the tensor is missing"), [...tensors.keys()], {
        data: { tensor: name },
      });
    }
    assertShape(name, tensor.shape, shape, reason);
    values.set(name, tensor.data);
  }
  return Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction) => {
      const valuesOf = (role: ParameterRole): WeightArray | null =>
        values.get(parameterName(config, role, layer, direction)) ?? null;
      return {
        inputSize: layerInputSize(config, layer),
        hiddenSize: config.hiddenSize,
        stateSize: stateSize(config),
        weightIh: valuesOf("weightIh") ?? new Float32Array(),
        weightHh: valuesOf("weightHh") ?? new Float32Array(),
        biasIh: valuesOf("biasIh"),
        biasHh: valuesOf("biasHh"),
        weightHr: valuesOf("weightHr"),
        peephole: valuesOf("peephole"),
      };
    }),
  );
}
