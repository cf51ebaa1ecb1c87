import assert from "node:assert/strict";
import { createProgressLine } from "../../../../src/cli/print/progress";
import { text } from "../../../../src/core/text";

describe("createProgressLine", () => {
  it("waits half a second, rewrites ten times a second, and erases what it wrote", () => {
    let time = 0;
    const written: string[] = [];
    const line = createProgressLine(
      (output) => written.push(output),
      () => time,
    );
    const reportAt = (at: number, fraction: number): void => {
      time = at;
      line.control.report(fraction, text("Running the forward"));
    };
    reportAt(499, 0.1);
    line.clear();
    assert.deepEqual(written, []);
    reportAt(500, 0.257);
    reportAt(599, 0.3);
    reportAt(600, 0.4);
    line.clear();
    line.clear();
    const erase = "\r\u001B[2K";
    assert.deepEqual(written, [
      `${erase}Running the forward 25 %`,
      `${erase}Running the forward 40 %`,
      erase,
    ]);
  });
});
