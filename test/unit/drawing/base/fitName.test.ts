/** Titles with names of any length on a line of limited width. */
import assert from "node:assert/strict";
import { titleWithin } from "../../../../src/drawing/base/fitName";

const title = {
  around: (name: string) => `${name}  [2, 3]`,
  measure: (text: string) => text.length,
};

describe("a title with a foreign name", () => {
  it("is whole where it has room", () => {
    assert.equal(titleWithin(40, "rnn.weight_hh_l0", title), "rnn.weight_hh_l0  [2, 3]");
  });

  it("keeps the end of the name and what stands behind it, and fills the line", () => {
    const line = titleWithin(40, `${"encoder.".repeat(200)}weight_hh_l0`, title);
    assert.match(line, /^encoder\..*….*_hh_l0 {2}\[2, 3\]$/);
    assert.equal(line.length, 40);
  });

  it("shows characters that change the direction of writing, and makes room for them", () => {
    const line = titleWithin(30, "\u202e".repeat(50), title);
    assert.ok(line.startsWith(String.raw`\u{202e}`), line);
    assert.ok(line.length <= 30, line);
    assert.doesNotMatch(line, /\p{Cf}/u);
  });

  it("is shown even where nothing fits", () => {
    assert.equal(titleWithin(3, "weight", title), "…  [2, 3]");
  });
});
