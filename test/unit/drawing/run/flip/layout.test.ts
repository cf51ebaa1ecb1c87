import assert from "node:assert/strict";
import {
  columnsThatFit,
  layoutFlip,
  type FlipContent,
  type FlipLayout,
} from "../../../../../src/drawing/run/flip/layout";
import type { StripBox, StripId } from "../../../../../src/drawing/run/flip/boxes";
import {
  advanceClock,
  columnMotion,
  PHASES,
  phasesOf,
} from "../../../../../src/drawing/run/flip/motion";

const content: FlipContent = {
  columns: [0, 1, 2],
  length: 3,
  inputRows: 2,
  stateRows: 3,
  bidirectional: true,
};

function strip(layout: FlipLayout, id: StripId): StripBox {
  const found = layout.strips.find((each) => each.id === id);
  assert.ok(found);
  return found;
}

function overlaps(a: StripBox, b: StripBox): boolean {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe("layoutFlip", () => {
  it("draws six strips with two directions and three with one", () => {
    assert.equal(layoutFlip(content, 1000).strips.length, 6);
    const one = layoutFlip({ ...content, bidirectional: false }, 1000);
    assert.deepEqual(
      one.strips.map(({ id }) => id),
      ["x", "forward", "output"],
    );
    assert.equal(one.connectors.length, 2);
  });

  it("flips a reverse direction alone there and back", () => {
    const layout = layoutFlip({ ...content, bidirectional: false, reverseOnly: true }, 1000);
    assert.deepEqual(
      layout.strips.map(({ id }) => id),
      ["x", "flippedX", "reverse", "output"],
    );
    const output = strip(layout, "output");
    assert.deepEqual(
      output.parts.map(({ values, source }) => [values, source]),
      [["reverse", "reverse"]],
    );
    assert.deepEqual(output.columns, [0, 1, 2]);
    assert.deepEqual(
      layout.connectors.map(({ from, to }) => `${from}>${to}`),
      ["x>flippedX", "flippedX>reverse", "reverse>output"],
    );
  });

  it("shows the reverse strips as they are processed", () => {
    const layout = layoutFlip(content, 1000);
    assert.deepEqual(strip(layout, "flippedX").columns, [2, 1, 0]);
    assert.deepEqual(strip(layout, "reverse").columns, [2, 1, 0]);
    assert.deepEqual(strip(layout, "flippedBack").columns, [0, 1, 2]);
  });

  it("shows what is not flipped back in one order, with the steps at which it was processed", () => {
    const layout = layoutFlip({ ...content, isUnflipped: true }, 1000);
    assert.deepEqual(strip(layout, "flippedX").columns, [2, 1, 0]);
    assert.deepEqual(strip(layout, "flippedX").belongs, [0, 1, 2]);
    assert.deepEqual(strip(layout, "reverse").columns, [0, 1, 2]);
    assert.deepEqual(strip(layout, "reverse").processed, [2, 1, 0]);
    assert.deepEqual(strip(layout, "flippedBack").columns, [0, 1, 2]);
    assert.equal(strip(layout, "flippedBack").processed, undefined);
    const padded = layoutFlip({ ...content, isUnflipped: true, length: 2 }, 1000);
    assert.deepEqual(strip(padded, "reverse").processed, [1, 0, 2]);
    // Where steps are left out, the input shown is that of the states beside it.
    const columns = [0, null, 10, 11, null, 99];
    const part = layoutFlip({ ...content, isUnflipped: true, columns, length: 100 }, 1000);
    assert.deepEqual(strip(part, "flippedX").columns, [99, null, 89, 88, null, 0]);
    assert.deepEqual(strip(part, "reverse").columns, columns);
  });

  it("stacks the strips in a narrow view", () => {
    const layout = layoutFlip(content, 420);
    const lefts = new Set(layout.strips.map(({ x }) => x));
    assert.equal(lefts.size, 1);
    assert.ok(layout.width <= 420);
  });

  it("fits into the view with steps left out before and behind those around the cursor", () => {
    for (let width = 460; width <= 2000; width += 7) {
      const room = columnsThatFit(width, content, 5000);
      const columns = Array.from({ length: room }, (_, index) =>
        index === 1 || index === room - 2 ? null : 1000 + index,
      );
      const layout = layoutFlip({ ...content, columns, length: 5000 }, width);
      assert.ok(layout.width <= width, `${layout.width} of ${width}`);
    }
  });

  it("shows every step where narrower cells do, and gives states the height that the input leaves", () => {
    const all = columnsThatFit(776, content, 24);
    assert.equal(all, 24);
    const columns = Array.from({ length: all }, (_, step) => step);
    const rows = { inputRows: 24, stateRows: 12 };
    const layout = layoutFlip({ ...content, ...rows, columns, length: 24 }, 776, 425);
    assert.ok(layout.width <= 776 && layout.height <= 425, `${layout.width} × ${layout.height}`);
    assert.ok(strip(layout, "x").rowHeight >= 4);
    assert.ok(strip(layout, "reverse").rowHeight >= 9);
    assert.equal(strip(layout, "output").rowHeight, strip(layout, "reverse").rowHeight);
    // In a panel of 900 pixels, beside the inspector.
    assert.equal(columnsThatFit(526, content, 24), 24);
    // Where there are too many steps for that, cells stay wide enough to be told apart.
    assert.ok(layoutFlip({ ...content, columns: [0, null, 9], length: 10 }, 776).cellWidth >= 8);
    assert.ok(columnsThatFit(776, content, 60) < 24);
  });

  it("keeps strips apart and inside the picture at every width", () => {
    for (let width = 320; width <= 2000; width += 40) {
      const room = columnsThatFit(width, content);
      const columns = Array.from({ length: room }, (_, index) => (index === 1 ? null : index));
      const layout = layoutFlip({ ...content, columns, length: room }, width);
      layout.strips.forEach((each, index) => {
        assert.ok(each.x >= 0 && each.x + each.width <= layout.width, `width ${width}`);
        assert.ok(each.y >= 0 && each.y + each.height <= layout.height, `width ${width}`);
        for (const other of layout.strips.slice(index + 1)) assert.ok(!overlaps(each, other));
      });
    }
  });

  it("joins forward and reverse rows in the output", () => {
    const output = strip(layoutFlip(content, 1000), "output");
    assert.deepEqual(
      output.parts.map(({ values, row, rows }) => [values, row, rows]),
      [
        ["forward", 0, 3],
        ["reverse", 3, 3],
      ],
    );
    assert.equal(output.height, 6 * output.rowHeight);
  });
});

describe("columnMotion", () => {
  const layout = layoutFlip(content, 1000);

  function motion(id: StripId, index: number, clock: number): ReturnType<typeof columnMotion> {
    const box = strip(layout, id);
    const part = box.parts[0];
    assert.ok(part);
    return columnMotion(layout.strips, box, part, index, clock);
  }

  it("has everything in its place at the end, and only x at the beginning", () => {
    for (const { id } of layout.strips) {
      assert.deepEqual(motion(id, 0, PHASES), { dx: 0, dy: 0, opacity: 1 });
      assert.equal(motion(id, 0, 0).opacity, id === "x" ? 1 : 0);
    }
  });

  it("starts a flipped column at the column of the same step", () => {
    const x = strip(layout, "x");
    const flippedX = strip(layout, "flippedX");
    const start = motion("flippedX", 0, 1e-9);
    assert.ok(Math.abs(flippedX.x + start.dx - (x.x + (x.columnX[2] ?? 0))) < 1e-3);
    assert.ok(Math.abs(flippedX.y + start.dy - x.y) < 1e-3);
  });

  it("takes what is not flipped back over as it stands", () => {
    const { strips } = layoutFlip({ ...content, isUnflipped: true }, 1000);
    const box = strips.find(({ id }) => id === "flippedBack");
    const source = strips.find(({ id }) => id === "reverse");
    const part = box?.parts[0];
    assert.ok(box && source && part);
    const start = columnMotion(strips, box, part, 0, 2 + 1e-9);
    assert.ok(Math.abs(box.x + start.dx - source.x) < 1e-3);
  });

  it("fills the states in the order of processing", () => {
    const opacities = [0, 1, 2].map((index) => motion("reverse", index, 1.5).opacity);
    assert.deepEqual(opacities, [1, 0.5, 0]);
  });
});

describe("advanceClock", () => {
  const both = phasesOf({ bidirectional: true });
  const forward = phasesOf({ bidirectional: false });
  const reverse = phasesOf({ bidirectional: false, reverseOnly: true });

  it("runs through all phases with two directions and stops", () => {
    assert.equal(advanceClock(0.5, 0.25, both), 0.75);
    assert.equal(advanceClock(3.9, 0.5, both), PHASES);
  });

  it("leaves the flips out with one direction", () => {
    assert.equal(advanceClock(0, 0.25, forward), 1.25);
    assert.equal(advanceClock(1.9, 0.2, forward), 3.1);
    assert.equal(advanceClock(3.9, 0.2, forward), PHASES);
  });

  it("flips a reverse direction alone back into the output", () => {
    assert.equal(advanceClock(0, 0.25, reverse), 0.25);
    assert.equal(advanceClock(1.9, 0.2, reverse), 3.1);
    assert.equal(advanceClock(3.9, 0.2, reverse), PHASES);
  });
});
