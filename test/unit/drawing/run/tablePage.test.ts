import assert from "node:assert/strict";
import {
  layOutColumns,
  pageAround,
  scrollToColumn,
  toTsv,
} from "../../../../src/drawing/run/tablePage";

describe("pageAround", () => {
  it("holds everything of a small lane", () => {
    const page = pageAround(2, 1, 3, 5);
    assert.deepEqual(page, { unitStart: 0, unitEnd: 3, stepStart: 0, stepEnd: 5 });
  });

  it("changes only when the cursor leaves it", () => {
    const page = { unitStart: 80, unitEnd: 120, stepStart: 30, stepEnd: 60 };
    assert.deepEqual(pageAround(80, 30, 256, 5000), page);
    assert.deepEqual(pageAround(119, 59, 256, 5000), page);
    assert.equal(pageAround(120, 60, 256, 5000).unitStart, 120);
    assert.equal(pageAround(120, 60, 256, 5000).stepStart, 60);
  });

  it("ends where the lane ends, and takes a place outside to its edge", () => {
    assert.deepEqual(pageAround(999, 999, 50, 32), {
      unitStart: 40,
      unitEnd: 50,
      stepStart: 30,
      stepEnd: 32,
    });
  });
});

describe("whole columns", () => {
  it("are as wide as the widest needs, and as many as fit", () => {
    assert.deepEqual(layOutColumns([80, 99.2, 60], 399), { columnWidth: 100, shown: 3 });
    assert.deepEqual(layOutColumns([80, 99.2, 60], 400), { columnWidth: 100, shown: 4 });
  });

  it("are at least one, also where it is wider than the screen", () => {
    assert.deepEqual(layOutColumns([300], 250), { columnWidth: 300, shown: 1 });
    assert.deepEqual(layOutColumns([], 250), { columnWidth: 1, shown: 250 });
  });

  it("are scrolled to, never into", () => {
    const strip = { columnWidth: 100, shown: 2 };
    assert.equal(scrollToColumn(strip, 1, 0), 0);
    assert.equal(scrollToColumn(strip, 2, 0), 100);
    assert.equal(scrollToColumn(strip, 4, 300), 300);
    assert.equal(scrollToColumn(strip, 1, 300), 100);
    assert.equal(scrollToColumn(strip, 1, 51), 100);
  });
});

describe("toTsv", () => {
  it("separates cells by tabs and keeps them whole", () => {
    assert.equal(
      toTsv([
        ["unit", "t=0"],
        ["a\tb\r\nc", "1"],
      ]),
      "unit\tt=0\na b c\t1\n",
    );
  });
});
