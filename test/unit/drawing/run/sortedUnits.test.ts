/** Rows and units of a lane in another order than that of their numbers. */
import assert from "node:assert/strict";
import { slotWindow } from "../../../../src/drawing/run/requests/finals";
import { layoutUnrolled } from "../../../../src/drawing/run/layout";
import type { ShownLane } from "../../../../src/drawing/run/laneChoice";
import { moveCursor } from "../../../../src/drawing/run/navigate";
import {
  groupsOf,
  inOrder,
  rowOfUnit,
  sortedUnits,
  unitOfRow,
  type Sorted,
} from "../../../../src/drawing/run/sortedUnits";
import { renderText } from "../../../../src/core/text";
import { groupMarks, sizeOfGroup, unitTicks } from "../../../../src/drawing/run/zoom/unitAxis";
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

  it("have a mark beside each group, with its number where there is room, unless it would be a dot", () => {
    const lane = { id: "layer0.forward", units: 3 } as const;
    const marks = (height: number, of: Pick<Sorted, "sorted"> = { sorted }): unknown =>
      groupMarks({ top: 10, height }, { ...lane, ...of }, null);
    assert.deepEqual(marks(30), [{ top: 11, height: 18, name: "1", units: 2 }]);
    assert.deepEqual(marks(12), [{ top: 11, height: 6, name: "", units: 2 }]);
    assert.deepEqual(marks(6), []);
    assert.deepEqual(marks(30, {}), []);
    // Rows that are high enough for the number of each unit have that.
    assert.deepEqual(marks(60), [{ top: 11, height: 38, name: "", units: 2 }]);
    const size = (units: number): string =>
      renderText(sizeOfGroup({ top: 0, height: 20, name: "1", units }));
    assert.deepEqual([size(1), size(9)], ["· 1 unit", "· 9 units"]);
    const screen = { top: 0, height: 100 };
    assert.deepEqual(unitTicks({ top: 10, height: 30 }, { units: 3, sorted }, screen), []);
    assert.deepEqual(
      unitTicks({ top: 10, height: 60 }, { units: 3, sorted }, screen).map(({ unit }) => unit),
      [2, 0, 1],
    );
  });

  it("have room before h_n where they are in groups", () => {
    const gapOf = (groups: [number, number][]): number => {
      const own = sortedUnits({ by: "clusters" }, { units: Uint32Array.of(2, 0, 1), groups });
      const lane = { id: "layer0.forward", layer: 0, direction: "forward", units: 3, sorted: own };
      const { plotLeft, plotWidth, finalLeft } = layoutUnrolled({
        ...{ width: 1000, height: 700, mode: "ours", steps: [0, 100] },
        lanes: [lane as unknown as ShownLane],
      });
      return finalLeft - plotLeft - plotWidth;
    };
    assert.ok(gapOf([[0, 2]]) > gapOf([]) + 40);
  });

  it("have the groups of both directions counted each by itself in the output", () => {
    const joined = sortedUnits(
      { by: "clusters" },
      {
        units: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
        groups: [
          [0, 2],
          [2, 4],
          [5, 8],
        ],
      },
    );
    const numbers = (id: "output" | "layer0.forward", bidirectional: boolean): number[] =>
      groupsOf({ id, units: 8, sorted: joined }, { bidirectional }).map(({ number }) => number);
    assert.deepEqual(numbers("output", true), [1, 2, 1]);
    assert.deepEqual(numbers("output", false), [1, 2, 3]);
    assert.deepEqual(numbers("layer0.forward", true), [1, 2, 3]);
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
