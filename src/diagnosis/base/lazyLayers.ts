/**
 * Layers whose parameters are made when they are first asked for: most runs under a mistake end in the first layer.
 */
import type { LayerParameters, Model } from "./model";

/** Layers of as many directions as `like` has. */
export function lazyLayers(
  like: Model["layers"],
  make: (layer: number, direction: number) => LayerParameters,
): Model["layers"] {
  return like.map((directions, layer) => {
    const own: LayerParameters[] = [];
    for (let direction = 0; direction < directions.length; direction++) {
      Object.defineProperty(own, direction, {
        ...{ configurable: true, enumerable: true },
        get: () => {
          const value = make(layer, direction);
          Object.defineProperty(own, direction, { value, enumerable: true });
          return value;
        },
      });
    }
    return own;
  });
}
