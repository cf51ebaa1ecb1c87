import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import {
  countsOf,
  fittingLines,
  withinText,
} from "../../../../../src/drawing/run/verdict/laneCounts";

describe("countsOf", () => {
  it("tells the row that is shown from all rows", () => {
    const lane = { outside: 1152, outsideOfRow: [288, 864], total: 2304 };
    const counts = { all: 1152, total: 2304, hasManyRows: true };
    assert.deepEqual(countsOf(lane, 0, 2), { row: 288, ...counts });
    assert.deepEqual(countsOf(lane, 1, 2), { row: 864, ...counts });
  });

  it("has no row to tell apart where there is one, or where rows are not counted", () => {
    assert.equal(countsOf({ outside: 3, total: 9 }, 0, 1).row, null);
    const many = countsOf({ outside: 3, total: 9 }, 7, 9000);
    assert.deepEqual([many.row, many.hasManyRows], [null, true]);
  });
});

describe("withinText", () => {
  it("claims no agreement of a lane whose values are not judged by their differences", () => {
    const said = (byStep?: "all" | "some" | "none"): string =>
      renderText(withinText(byStep === undefined ? {} : { byStep }));
    assert.deepEqual(
      [said(), said("all"), said("some"), said("none")],
      ["✓ within tolerance", "✓ follows step by step", "✓ as far as judged", "cannot be judged"],
    );
  });
});

describe("fittingLines", () => {
  const lines = ["units", "row", "all"];

  it("keeps what is outside before what the lane is", () => {
    assert.deepEqual(fittingLines(lines, ["row", "all"], 64), ["units", "row", "all"]);
    assert.deepEqual(fittingLines(lines, ["row", "all"], 48), ["row", "all"]);
    assert.deepEqual(fittingLines(lines, ["all", "row"], 32), ["all"]);
    assert.deepEqual(fittingLines(lines, ["row", "all"], 20), []);
  });

  it("fills the rest with what the lane is", () => {
    assert.deepEqual(fittingLines(["units", "✓ within"], ["✓ within"], 52), ["units", "✓ within"]);
  });
});
