/** Rows and units of a lane in another order than that of their numbers. */
import assert from "node:assert/strict";
import { slotWindow } from "../../../../src/drawing/run/requests/finals";
import { moveCursor } from "../../../../src/drawing/run/navigate";
import {
  inOrder,
  rowOfUnit,
  sortedUnits,
  unitOfRow,
} from "../../../../src/drawing/run/sortedUnits";
import { groupLines } from "../../../../src/drawing/run/zoom/unitAxis";
import type { RunView } from "../../../../src/protocol/run/messages";

const sorted = sortedUnits(
  { by: "activity" },
  { units: Uint32Array.of(2, 0, 1), groups: [[0, 2]] },
);

describe("units in an order", () => {
  it("have rows, and rows have units", () => {
    assert.deepEqual(
      [0, 1, 2].map((row) => unitOfRow({ sorted }, row)),
      [2, 0, 1],
    );
    assert.deepEqual(
      [0, 1, 2].map((unit) => rowOfUnit({ sorted }, unit)),
      [1, 2, 0],
    );
    assert.deepEqual([unitOfRow({}, 5), rowOfUnit({}, 5)], [5, 5]);
    assert.deepEqual([inOrder({ sorted }), inOrder({})], [{ order: { by: "activity" } }, {}]);
  });

  it("have a line beside each group, unless it would be a dot", () => {
    assert.deepEqual(groupLines({ top: 10, height: 30 }, { units: 3, sorted }), [
      { top: 11, height: 18 },
    ]);
    assert.deepEqual(groupLines({ top: 10, height: 6 }, { units: 3, sorted }), []);
    assert.deepEqual(groupLines({ top: 10, height: 30 }, { units: 3 }), []);
  });

  it("are the order of h_n beside the lane, too", () => {
    const values = Float32Array.of(9, 9, 9, 1, -2, 3);
    const states = { slots: 2, units: 3, values, outside: Uint8Array.of(0, 0, 0, 0, 1, 0) };
    const { values: shown, outside } = slotWindow(states, 1, 3, { sorted });
    assert.deepEqual(
      [[...shown], [...outside]],
      [
        [3, 1, -2],
        [0, 0, 1],
      ],
    );
    assert.deepEqual([...slotWindow(states, 1, 2, { sorted }).values], [3, -2]);
  });

  it("are walked through row by row, and into the next lane", () => {
    const lane = (id: string, direction: string): object => ({ id, layer: 0, direction, units: 3 });
    const lanes = [lane("layer0.forward", "forward"), lane("layer0.reverse", "reverse")];
    const view = { lanes, seqLength: 4, batchSize: 1 } as unknown as RunView;
    const cursor = { layer: 0, direction: "reverse", step: 0, batch: 0, unit: 2 } as const;
    const sorts = new Map([["layer0.reverse", sorted]]);
    const down = moveCursor(view, cursor, "unitDown", sorts);
    assert.equal(down.unit, 0);
    const last = moveCursor(view, down, "unitDown", sorts);
    assert.equal(last.unit, 1);
    const below = moveCursor(view, last, "unitDown", sorts);
    assert.deepEqual([below.direction, below.unit], ["forward", 0]);
    assert.equal(moveCursor(view, below, "unitUp", sorts).unit, 1);
  });
});
