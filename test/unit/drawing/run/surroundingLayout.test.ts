import assert from "node:assert/strict";
import { hitTest, layoutUnrolled, MAX_CELL, stepX } from "../../../../src/drawing/run/layout";
import { sidesOf } from "../../../../src/drawing/run/sides";
import type { LaneInfo } from "../../../../src/protocol/run/messages";
import { lane, placed, request, twoLayers } from "./layoutRequests";

describe("the lanes of surrounding layers", () => {
  const logits: LaneInfo = { ...lane("logits", 2), isFinal: true };
  const lanes = [lane("tokens", 1, "none"), lane("input", 2), ...twoLayers.slice(1), logits];
  const layout = layoutUnrolled(request({ lanes, mode: "delta" }));

  it("puts logits above the output, and tokens below the input", () => {
    const ids = layout.boxes.map((box) => box.info.id);
    assert.deepEqual(
      [ids[0], ids[1], ids.at(-2), ids.at(-1)],
      [...["logits", "output", "input", "tokens"]],
    );
  });

  it("gives tokens what others leave, for words that run upwards", () => {
    const many = lanes.map((each) => ({ ...each, units: each.id === "tokens" ? 1 : 20 }));
    const heights = [360, 375].map((height) => {
      const low = layoutUnrolled(request({ lanes: many, height, mode: "ours" }));
      return [placed(low, "tokens").height, placed(low, "layer0.forward").height] as const;
    });
    const [[lower, beside] = [0, 0], [higher, besideHigher] = [0, 0]] = heights;
    assert.equal(besideHigher, beside);
    assert.equal(higher, Math.min(MAX_CELL.height, lower + 15));
  });

  it("compares an input that has a reference, and never tokens", () => {
    assert.deepEqual(sidesOf(lane("input", 2), "delta"), ["delta"]);
    assert.deepEqual(sidesOf(lane("input", 2, "none"), "delta"), ["ours"]);
    assert.deepEqual(sidesOf(lane("tokens", 1, "none"), "reference"), ["ours"]);
  });

  it("finds logits of one step beside h_n, and nothing among the steps", () => {
    const { top, height } = placed(layout, "logits");
    const y = top + height * 0.75;
    const hit = hitTest(layout, layout.finalLeft + 2, y);
    assert.deepEqual([hit?.area, hit?.info.id, hit?.unit], ["final", "logits", 1]);
    assert.equal(hitTest(layout, layout.plotLeft + 2, y), null);
  });

  it("finds logits of every step among the steps", () => {
    const every = layoutUnrolled(request({ lanes: [...lanes.slice(0, -1), lane("logits", 2)] }));
    const { top } = placed(every, "logits");
    const hit = hitTest(every, stepX(every, 1) + 1, top + 1);
    assert.deepEqual([hit?.area, hit?.step, hit?.unit], ["cell", 1, 0]);
    assert.equal(hitTest(every, every.finalLeft + 2, top + 1), null);
  });
});
