/** Lanes and requests that the tests of the layout have in common. */
import assert from "node:assert/strict";
import type { LaneInfo } from "../../../../src/protocol/run/messages";
import {
  boxOf,
  type LaneBox,
  type LayoutRequest,
  type UnrolledLayout,
} from "../../../../src/drawing/run/layout";

export function lane(
  id: LaneInfo["id"],
  units: number,
  reference: "full" | "none" = "full",
): LaneInfo {
  const match = /^layer(\d+)\.(forward|reverse)$/.exec(id);
  return {
    id,
    units,
    reference,
    outside: 0,
    total: units * 3,
    range: [-1, 1],
    deltaRange: [0, 0],
    cell: null,
    layer: match === null ? null : Number(match[1]),
    direction: match === null ? null : match[2] === "reverse" ? "reverse" : "forward",
  };
}

export const twoLayers = [
  lane("input", 2, "none"),
  lane("layer0.forward", 3, "none"),
  lane("layer0.reverse", 3, "none"),
  lane("layer1.forward", 3),
  lane("layer1.reverse", 3),
  lane("output", 6),
];

export function request(changes: Partial<LayoutRequest> = {}): LayoutRequest {
  return { width: 1000, height: 700, lanes: twoLayers, mode: "ours", steps: [0, 3], ...changes };
}

export function placed(layout: UnrolledLayout, id: LaneInfo["id"]): LaneBox {
  const box = boxOf(layout, id);
  assert.ok(box !== undefined, `no lane ${id}`);
  return box;
}
