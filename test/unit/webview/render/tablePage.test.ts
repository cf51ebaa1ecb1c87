import assert from "node:assert/strict";
import {
  fillerBehind,
  pageAround,
  scrollToColumn,
  toTsv,
} from "../../../../webview/render/tablePage";

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

/** Five columns of 100 px on a screen that has room for two and a half. */
const STRIP = { edges: [0, 100, 200, 300, 400, 500], room: 250 };

describe("whole columns", () => {
  it("are what the strip begins with at its end, too", () => {
    assert.equal(fillerBehind(STRIP), 50);
    // What is behind the last column makes the furthest scroll, 500 + 50 − 250, the edge of a column.
    assert.ok(STRIP.edges.includes(500 + fillerBehind(STRIP) - STRIP.room));
  });

  it("need nothing behind them where they fit", () => {
    assert.equal(fillerBehind({ edges: [0, 100, 250], room: 250 }), 0);
    assert.equal(fillerBehind({ edges: [0], room: 250 }), 0);
    assert.equal(fillerBehind({ edges: [0, 300, 600], room: 250 }), 0);
  });

  it("are scrolled to, never into", () => {
    assert.equal(scrollToColumn(STRIP, 1, 0), 0);
    assert.equal(scrollToColumn(STRIP, 2, 0), 100);
    assert.equal(scrollToColumn(STRIP, 4, 0), 300);
    assert.equal(scrollToColumn(STRIP, 4, 300), 300);
    assert.equal(scrollToColumn(STRIP, 1, 300), 100);
  });

  it("begin at their left where one alone is wider than the screen", () => {
    assert.equal(scrollToColumn({ edges: [0, 300, 600], room: 250 }, 1, 0), 300);
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
