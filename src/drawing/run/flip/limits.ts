/**
 * What the colours of the strips run to: as in the unrolled view, so that a value has the same colour in both pictures.
 */
import type { Place } from "../../../protocol/run/messages";
import { limitOf, type Domains } from "../domains";
import { laneIdOf } from "../places";
import type { StripValues } from "./plan";

const DIRECTIONS: readonly Place["direction"][] = ["forward", "reverse"];

/** Of a strip of a layer; of differences where it shows them. */
export function stripLimit(
  domains: Domains,
  layer: number,
  values: StripValues,
  isDelta: boolean,
): number {
  if (isDelta) return domains.delta;
  if (values !== "x") return layerLimit(domains, layer, values);
  if (layer === 0) return limitOf(domains, { id: "input", layer: null }, "ours");
  // Both directions of the layer below, as far as it has them.
  const below = DIRECTIONS.filter(
    (direction) => domains.own[laneIdOf({ layer: layer - 1, direction })] !== undefined,
  );
  return Math.max(
    ...(below.length === 0 ? DIRECTIONS : below).map((direction) =>
      layerLimit(domains, layer - 1, direction),
    ),
  );
}

function layerLimit(domains: Domains, layer: number, direction: Place["direction"]): number {
  return limitOf(domains, { id: laneIdOf({ layer, direction }), layer }, "ours");
}
