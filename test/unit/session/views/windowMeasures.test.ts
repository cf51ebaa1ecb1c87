/** Windows of differences: how they are measured, and by whose tolerance they are judged. */
import assert from "node:assert/strict";
import { measuredDelta } from "../../../../src/analysis/numbers/deltaAs";
import type { Lane, LaneContext } from "../../../../src/analysis/lanes";
import { arraySteps } from "../../../../src/analysis/steps";
import type { WindowRequest } from "../../../../src/protocol/run/windowMessages";
import { readTimeline } from "../../../../src/session/views/timeline";
import { readWindow } from "../../../../src/session/views/window";

const tolerance = { rtol: 0, atol: 2 ** -20, equalNan: false };
const context: LaneContext = {
  ...{ seqLength: 3, batchSize: 1, lengths: null, tolerance },
  precision: "f32",
};

/** A lane of one unit beside its reference. */
function lane(ours: readonly number[], reference: readonly number[], of?: string): Lane {
  const [own, other] = [ours, reference].map((each) => arraySteps(Float64Array.from(each), 1));
  assert.ok(own !== undefined && other !== undefined);
  const part = { units: 1, ours: own, reference: other, noise: null };
  const parts = [of === undefined ? part : { ...part, of }];
  const id = "layer0.forward";
  return { id, layer: 0, direction: "forward", units: 1, parts, cell: null };
}

function request(changes: Partial<WindowRequest>): WindowRequest {
  return {
    ...{ lane: "layer0.forward", stateName: "h", side: "delta", batch: 0 },
    ...{ stepStart: 0, stepEnd: 3, unitStart: 0, unitEnd: 1, maxColumns: 9, maxRows: 9 },
    ...changes,
  };
}

describe("a window of differences", () => {
  it("is measured by its reference, or in units in the last place", () => {
    const ours = [1, -2, 1e-9];
    const theirs = [1 - 2 ** -24, -4, 0];
    const read = (changes: Partial<WindowRequest>): number[] => [
      ...readWindow(lane(ours, theirs), request(changes), context).values,
    ];
    assert.deepEqual(read({}), read({ as: "absolute" }));
    for (const as of ["relative", "ulp"] as const) {
      const expected = ours.map((own, at) => measuredDelta(own, theirs[at] ?? 0, as, context));
      assert.deepEqual(read({ as }), [...Float32Array.from(expected)]);
    }
    assert.deepEqual(read({ as: "ulp" }).slice(0, 2), [1, 2 ** 23]);
    assert.equal(read({ as: "ulp", side: "ours" })[1], -2, "a value is measured by nothing");
  });

  it("is judged by the tolerance of its own result", () => {
    const own = { ...context, tolerance: { ...tolerance, each: { states: { atol: 1 } } } };
    const outside = (of?: string): number[] => [
      ...readWindow(lane([0, 0, 0], [0.5, 0.5, 2], of), request({}), own).outside,
    ];
    assert.deepEqual(outside(), [1, 1, 1]);
    assert.deepEqual(outside("output"), [1, 1, 1]);
    assert.deepEqual(outside("states"), [0, 0, 1]);
    const curve = { lane: "layer0.forward", stateName: "h", batch: 0, maxColumns: 9 } as const;
    const shown = lane([0, 0, 0], [0.5, 0.5, 2], "states");
    assert.deepEqual([...readTimeline(shown, curve, own).outside], [0, 0, 1]);
  });
});
