import assert from "node:assert/strict";
import { advance, beginHistory, redo, undo } from "../../../src/core/history";

describe("a history", () => {
  it("goes back and forth, and forgets what was undone with the next state", () => {
    const three = advance(advance(beginHistory("a"), "b"), "c");
    const back = undo(undo(three));
    assert.equal(back.now, "a");
    assert.equal(undo(back), back);
    assert.equal(redo(redo(back)).now, "c");
    assert.equal(redo(three), three);
    const other = advance(undo(three), "d");
    assert.deepEqual([other.now, other.past, other.future], ["d", ["a", "b"], []]);
  });

  it("stays bounded", () => {
    let history = beginHistory(0);
    for (let state = 1; state <= 1000; state++) history = advance(history, state);
    assert.equal(history.past.length, 200);
    assert.equal(undo(history).now, 999);
  });
});
