import assert from "node:assert/strict";
import fc from "fast-check";
import {
  flipped,
  shownSteps,
  stepRuns,
  windowAround,
} from "../../../../../src/drawing/run/flip/strips";

describe("shownSteps", () => {
  it("shows every step when there is room", () => {
    assert.deepEqual(shownSteps(3, 3, 1, 6), [0, 1, 2]);
    assert.deepEqual(shownSteps(6, 4, 1, 6), [0, 1, 2, 3, 4, 5]);
  });

  it("shows the ends of the sequence and the steps around the cursor", () => {
    assert.deepEqual(shownSteps(24, 24, 15, 7), [0, null, 14, 15, 16, null, 23]);
  });

  it("has one gap near an end and uses the room", () => {
    assert.deepEqual(shownSteps(24, 24, 23, 6), [0, null, 20, 21, 22, 23]);
    assert.deepEqual(shownSteps(24, 24, 0, 6), [0, 1, 2, 3, null, 23]);
  });

  it("ends at the last valid step of a padded sequence", () => {
    assert.deepEqual(shownSteps(24, 5, 2, 6), [0, 1, 2, 3, 4]);
    assert.deepEqual(shownSteps(24, 5, 9, 7).at(-1), 9);
  });

  it("holds the cursor and both ends in order, within the room, for any sequence", () => {
    const runs = fc.record({
      seqLength: fc.integer({ min: 1, max: 3000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      cursorShare: fc.double({ min: 0, max: 0.999, noNaN: true }),
      room: fc.integer({ min: 7, max: 40 }),
    });
    fc.assert(
      fc.property(runs, ({ seqLength, share, cursorShare, room }) => {
        const length = Math.max(1, Math.round(share * seqLength));
        const cursor = Math.floor(cursorShare * seqLength);
        const columns = shownSteps(seqLength, length, cursor, room);
        const steps = columns.filter((step) => step !== null);
        assert.ok(columns.length <= room);
        assert.deepEqual(
          steps,
          [...steps].sort((left, right) => left - right),
        );
        for (const step of [0, length - 1, cursor]) assert.ok(steps.includes(step));
      }),
    );
  });
});

describe("flipped", () => {
  it("reverses the columns", () => {
    assert.deepEqual(flipped([0, null, 6, 7], 8), [7, 6, null, 0]);
  });

  it("leaves padding and the gap before it in place", () => {
    assert.deepEqual(flipped([0, 1, 2, 3, 4], 3), [2, 1, 0, 3, 4]);
    assert.deepEqual(flipped([0, 1, 2, null, 7], 3), [2, 1, 0, null, 7]);
  });

  it("is its own inverse", () => {
    const columns = shownSteps(100, 60, 80, 9);
    assert.deepEqual(flipped(flipped(columns, 60), 60), columns);
  });
});

describe("windowAround", () => {
  it("stays inside", () => {
    assert.deepEqual(windowAround(10, 5, 3), { start: 4, end: 7 });
    assert.deepEqual(windowAround(10, 0, 3), { start: 0, end: 3 });
    assert.deepEqual(windowAround(10, 9, 3), { start: 7, end: 10 });
    assert.deepEqual(windowAround(2, 1, 12), { start: 0, end: 2 });
  });
});

describe("stepRuns", () => {
  it("joins consecutive steps", () => {
    assert.deepEqual(stepRuns([0, null, 4, 5, null, 9]), [
      { start: 0, end: 1 },
      { start: 4, end: 6 },
      { start: 9, end: 10 },
    ]);
  });
});
