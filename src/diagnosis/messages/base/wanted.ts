/**
 * Which tensors of files the numbers of a message mean, found by their shapes.
 */
import { formatShape, sameShape, type Shape } from "../../../tensor/tensor";
import { text } from "../../../core/text";
import { layerInputSize } from "../../../model/config";
import type { FileTensor, Wanted } from "./message";

/** Weights of an input layer with as many columns as features are expected. */
export function takesFeatures(features: number): Wanted {
  return (tensor) => {
    const { parameter, module } = tensor;
    if (parameter?.role !== "weightIh" || module === null) return null;
    if (parameter.layer !== 0 || layerInputSize(module.config, 0) !== features) return null;
    return {
      means: text(
        "{0} of {1} is {2}: its {3} columns are the features that are expected",
        ...placed(tensor),
        features,
      ),
    };
  };
}

/** A module that takes what was given instead. */
export function wouldTake(features: number): Wanted {
  return (tensor) => {
    const { parameter, module, file } = tensor;
    if (parameter?.role !== "weightIh" || module === null) return null;
    if (parameter.layer !== 0 || layerInputSize(module.config, 0) !== features) return null;
    return {
      fits: text(
        "{0} has a module that takes {1} features, {2}: the input may be meant for it",
        file,
        features,
        module.constructorLine,
      ),
    };
  };
}

/** A sequence with the right number of features on another axis than its last. */
export function hasFeaturesElsewhere(expected: number, found: number): Wanted {
  return (tensor) => {
    const { shape, module, file, name } = tensor;
    if (module !== null || (shape.length !== 2 && shape.length !== 3)) return null;
    if (shape.at(-1) !== found) return null;
    const axis = shape.indexOf(expected);
    if (axis < 0 || axis === shape.length - 1) {
      return {
        means: text("{0} of {1} is {2}, with {3} on its last axis", ...placed(tensor), found),
      };
    }
    return {
      fits: text(
        "{0} of {1} is {2}: axis {3} has the size that is expected, so its axes are in another order",
        name,
        file,
        formatShape(shape),
        axis,
      ),
    };
  };
}

/** Any tensor of exactly this shape. */
export function hasShape(shape: Shape | null): Wanted {
  return (tensor) =>
    shape !== null && sameShape(tensor.shape, shape)
      ? { means: text("{0} of {1} has the shape {2}", ...placed(tensor)) }
      : null;
}

/** Any tensor of this shape with its two axes exchanged. */
export function hasTransposed(shape: Shape | null): Wanted {
  return (tensor) => {
    if (shape?.length !== 2 || !sameShape(tensor.shape, [...shape].reverse())) return null;
    return {
      means: text(
        "{0} of {1} is {2}; the message has it with its axes exchanged",
        ...placed(tensor),
      ),
    };
  };
}

/** Recurrent weights of a module whose states have these sizes: [L·D, B, H], or H alone. */
export function hasStates(slots: number | null, features: number): Wanted {
  return (tensor) => {
    const { parameter, module, file } = tensor;
    if (parameter?.role !== "weightHh" || module === null || parameter.layer !== 0) return null;
    if (parameter.direction === "reverse" && module.config.bidirectional) return null;
    const { bidirectional, numLayers, hiddenSize, projSize } = module.config;
    const size = numLayers * (bidirectional ? 2 : 1);
    if (slots !== null && size !== slots) return null;
    if (features !== hiddenSize && features !== projSize) return null;
    return {
      means: text(
        "{0} has such a module, {1}: its states have {2} slots of {3} features",
        file,
        module.constructorLine,
        size,
        features,
      ),
    };
  };
}

/** What sentences call a tensor: name, file, shape. */
function placed({ name, file, shape }: FileTensor): [string, string, string] {
  return [name, file, formatShape(shape)];
}
