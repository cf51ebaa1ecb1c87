/** The rows of a quick pick that fills while it is open. */
import assert from "node:assert/strict";
import { Arrivals } from "../../../../src/host/quickPick/arrivals";

describe("rows that arrive in any order", () => {
  it("are shown in the order in which they were asked for, whichever was read first", () => {
    for (const places of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      const rows = new Arrivals<string>();
      let before: readonly string[] = [];
      for (const place of places) {
        rows.settle(place, `file ${place}`);
        assert.deepEqual(
          rows.shown.slice(0, before.length),
          before,
          "what is shown stays in place",
        );
        before = [...rows.shown];
      }
      assert.deepEqual(rows.shown, ["file 0", "file 1", "file 2", "file 3"]);
    }
  });

  it("wait for those before them", () => {
    const rows = new Arrivals<string>();
    rows.settle(1, "second");
    assert.deepEqual(rows.shown, []);
    rows.settle(0, "first");
    assert.deepEqual(rows.shown, ["first", "second"]);
  });

  it("do not wait for a file that could not be read", () => {
    const rows = new Arrivals<string>();
    rows.settle(1, "second");
    rows.settle(0, undefined);
    assert.deepEqual(rows.shown, ["second"]);
  });

  it("stand at the end where the others did not wait for them", () => {
    const rows = new Arrivals<string>();
    rows.settle(1, "second");
    rows.settle(0, undefined);
    rows.settle(0, "late");
    rows.settle(2, "third");
    assert.deepEqual(rows.shown, ["second", "late", "third"]);
  });

  it("keep their place where they come before their turn, though the others would no longer have waited", () => {
    const rows = new Arrivals<string>();
    rows.settle(1, undefined);
    rows.settle(1, "second");
    rows.settle(0, "first");
    assert.deepEqual(rows.shown, ["first", "second"]);
  });
});
