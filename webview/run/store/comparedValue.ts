/**
 * What a reference says of one element of a lane.
 */
import type { LaneInfo } from "../../../src/protocol/run/messages";
import type { WindowRequest } from "../../../src/protocol/run/windowMessages";
import type { Store } from "./store";

export interface ComparedValue {
  /** [reference, ours − reference]; empty without a reference, and as far as it is not fetched yet. */
  readonly reference: readonly number[];
  readonly isOutside: boolean;
}

type ElementPlace = Pick<WindowRequest, "batch"> & { readonly step: number; readonly unit: number };

/** As windows have it. */
export function comparedAt(
  store: Store,
  { id, reference }: Pick<LaneInfo, "id" | "reference">,
  { batch, step, unit }: ElementPlace,
): ComparedValue {
  const sides = reference === "none" ? [] : (["reference", "delta"] as const);
  const found = sides.map((side) => store.element({ lane: id, side, batch, step, unit }));
  return {
    reference: found.flatMap((data) => data?.values[0] ?? []),
    isOutside: found.some((data) => data?.outside[0] === 1),
  };
}
