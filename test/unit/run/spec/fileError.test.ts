/** What is said of a run file that is none: the place, as editors count it, and how much more there is. */
import assert from "node:assert/strict";
import { parseRunFile } from "../../../../src/run/spec/file";
import { runFileError } from "../../../../src/run/spec/fileError";

function errorOf(source: string): { readonly message: string; readonly data: object } {
  const { message, data } = runFileError("a.unroll.json", source, parseRunFile(source).problems);
  return { message, data };
}

describe("the error of a run file", () => {
  it("has the line and the column of the first problem", () => {
    const { message, data } = errorOf('{\r\n  "weights": 3,\r\n  "input": "x.npy"\r\n}');
    assert.match(message, /^a\.unroll\.json:2:14: /);
    assert.deepEqual(data, { file: "a.unroll.json", line: 2, column: 14 });
  });

  it("counts the other errors", () => {
    assert.match(errorOf('{"weights": 3, "input": 4}').message, /:1:13: .* \(and 1 more\)$/);
  });

  it("is said of a file without a problem, too", () => {
    assert.match(
      runFileError("a.unroll.json", "{}", []).message,
      /^a\.unroll\.json: this is not a run file$/,
    );
  });
});
