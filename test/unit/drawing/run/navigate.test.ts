import assert from "node:assert/strict";
import type { LaneInfo, Place, RunView } from "../../../../src/protocol/run/messages";
import {
  fitRange,
  followStep,
  moveCursor,
  moveSelection,
  type Selected,
  panRange,
  revealStep,
  zoomRange,
} from "../../../../src/drawing/run/navigate";

function lane(layer: number, direction: "forward" | "reverse"): LaneInfo {
  return {
    id: `layer${layer}.${direction}`,
    layer,
    direction,
    units: 3,
    reference: "none",
    outside: 0,
    total: 0,
    range: [-1, 1],
    deltaRange: [0, 0],
    cell: null,
  };
}

const view = {
  seqLength: 5,
  batchSize: 2,
  lanes: [lane(0, "forward"), lane(0, "reverse"), lane(1, "forward"), lane(1, "reverse")],
} as unknown as RunView;

const start: Place = { layer: 0, direction: "forward", step: 2, batch: 0, unit: 0 };

describe("moveCursor", () => {
  it("moves along time and stops at its ends", () => {
    assert.equal(moveCursor(view, start, "stepForward").step, 3);
    assert.equal(moveCursor(view, { ...start, step: 4 }, "stepForward").step, 4);
    assert.equal(moveCursor(view, { ...start, step: 0 }, "stepBack").step, 0);
    assert.equal(moveCursor(view, start, "firstStep").step, 0);
    assert.equal(moveCursor(view, start, "lastStep").step, 4);
  });

  it("moves down a lane's units as they are drawn, and on into the lane below", () => {
    const top = { ...start, layer: 1, direction: "reverse" } as const;
    const inside = moveCursor(view, top, "unitDown");
    assert.deepEqual([inside.layer, inside.direction, inside.unit], [1, "reverse", 1]);
    const below = moveCursor(view, { ...top, unit: 2 }, "unitDown");
    assert.deepEqual([below.layer, below.direction, below.unit], [1, "forward", 0]);
    const bottom = moveCursor(view, { ...start, unit: 2 }, "unitDown");
    assert.deepEqual(bottom, { ...start, unit: 2 });
  });

  it("moves up into the lane above at its last unit", () => {
    const above = moveCursor(view, start, "unitUp");
    assert.deepEqual([above.layer, above.direction, above.unit], [0, "reverse", 2]);
  });

  it("jumps from lane to lane and keeps the unit", () => {
    const above = moveCursor(view, { ...start, unit: 1 }, "laneUp");
    assert.deepEqual([above.layer, above.direction, above.unit], [0, "reverse", 1]);
    assert.deepEqual(moveCursor(view, start, "laneDown"), start);
  });

  it("stays inside the batch", () => {
    assert.equal(moveCursor(view, start, "batchForward").batch, 1);
    assert.equal(moveCursor(view, start, "batchBack").batch, 0);
  });
});

describe("moveSelection", () => {
  const logits = { ...lane(0, "forward"), id: "logits", layer: null, direction: null } as LaneInfo;
  const top: Selected = { cursor: { ...start, layer: 1, direction: "reverse" }, logit: null };

  it("goes from the top of the top layer to the logits above it", () => {
    const up = moveSelection(view, top, "unitUp", { logits });
    assert.deepEqual(up, { ...top, logit: { step: 2, unit: 2 } });
    const laneUp = moveSelection(view, top, "laneUp", { logits });
    assert.deepEqual(laneUp.logit, { step: 2, unit: 0 });
    const inside = { ...top, cursor: { ...top.cursor, unit: 1 } };
    assert.equal(moveSelection(view, inside, "unitUp", { logits }).logit, null);
    assert.equal(moveSelection(view, top, "unitUp").logit, null);
  });

  it("moves among the logits, and down again", () => {
    const at = (unit: number, step = 2): Selected => ({ ...top, logit: { step, unit } });
    assert.deepEqual(moveSelection(view, at(2), "unitUp", { logits }), at(1));
    assert.deepEqual(moveSelection(view, at(0), "unitUp", { logits }), at(0));
    assert.deepEqual(moveSelection(view, at(0), "unitDown", { logits }), at(1));
    assert.deepEqual(moveSelection(view, at(2), "unitDown", { logits }), top);
    assert.deepEqual(moveSelection(view, at(1), "laneDown", { logits }), top);
    assert.deepEqual(moveSelection(view, at(1), "laneUp", { logits }), at(1));
  });

  it("keeps a logit while its step or row of the batch changes", () => {
    const at: Selected = { ...top, logit: { step: 2, unit: 1 } };
    const right = moveSelection(view, at, "stepForward", { logits });
    assert.deepEqual([right.cursor.step, right.logit], [3, { step: 3, unit: 1 }]);
    const final = { ...logits, isFinal: true } as const;
    const one: Selected = { ...top, logit: { step: 0, unit: 1 } };
    const next = moveSelection(view, one, "batchForward", { logits: final });
    assert.deepEqual([next.cursor.batch, next.logit], [1, { step: 0, unit: 1 }]);
    assert.deepEqual(moveSelection(view, one, "stepForward", { logits: final }).logit, one.logit);
  });
});

describe("zoom and pan", () => {
  it("keeps the step under the pointer where it is", () => {
    const [from, to] = zoomRange(null, 1000, 0.5, 250) ?? [0, 0];
    assert.equal(to - from, 500);
    assert.equal((250 - from) / (to - from), 0.25);
  });

  it("shows at least three steps, and null for all of them", () => {
    assert.deepEqual(zoomRange([10, 14], 1000, 0.01, 12), [10.5, 13.5]);
    assert.equal(zoomRange([10, 990], 1000, 4, 500), null);
    assert.equal(zoomRange(null, 2, 0.5, 1), null);
  });

  it("shows the whole run again after as many steps out as in", () => {
    for (const seqLength of [24, 300, 2000, 20_000]) {
      for (let times = 1; times < 8; times++) {
        let steps: ReturnType<typeof zoomRange> = null;
        for (let k = 0; k < times; k++) steps = zoomRange(steps, seqLength, 1 / 1.5, 0.5);
        for (let k = 0; k < times; k++) steps = zoomRange(steps, seqLength, 1.5, 0.5);
        assert.equal(steps, null, `${times} times in and out of ${seqLength}`);
      }
    }
  });

  it("stops at the ends of the sequence", () => {
    assert.deepEqual(panRange([10, 20], 100, -50), [0, 10]);
    assert.deepEqual(panRange([10, 20], 100, 500), [90, 100]);
    assert.equal(panRange(null, 100, 5), null);
    assert.deepEqual(fitRange([-5, 5], 100), [0, 10]);
  });

  it("moves only when the step is off screen", () => {
    assert.deepEqual(revealStep([10, 20], 100, 15), [10, 20]);
    assert.equal(revealStep(null, 100, 99), null);
    for (const step of [0, 5, 20, 99]) {
      const [from, to] = revealStep([10, 20], 100, step) ?? [0, 0];
      assert.ok(step >= from && step + 1 <= to);
      assert.equal(to - from, 10);
    }
  });
});

describe("followStep", () => {
  it("brings a step on screen from outside, and keeps the width", () => {
    const [start, end] = followStep([15_893, 17_143], 20_000, 10_000) ?? [0, 0];
    assert.ok(start <= 10_000 && end >= 10_001, `${start} … ${end}`);
    assert.equal(end - start, 1250);
  });

  it("moves nothing under a step that is half on screen", () => {
    const steps = [10.4, 20.6] as const;
    assert.equal(followStep(steps, 50, 10), steps);
    assert.equal(followStep(steps, 50, 20), steps);
    assert.equal(followStep(null, 50, 20), null);
  });
});
