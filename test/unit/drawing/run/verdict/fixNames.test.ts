/** What lines are called that come with a finding. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import { copyTitle, fixTitle, fixTitleIn } from "../../../../../src/drawing/run/verdict/fixNames";
import { finding } from "./diagnoses";

describe("the name of the lines of a finding", () => {
  const named = (id: string, isPrecision = false): string[] => {
    const found = finding(id, { isPrecision });
    return [fixTitle(found), fixTitleIn(found, "NumPy"), copyTitle(found)].map((each) =>
      renderText(each),
    );
  };

  it("is a fix only where something is mended", () => {
    assert.deepEqual(named("gates/iofg"), ["The fix", "The fix in NumPy", "Copy fix"]);
    assert.deepEqual(named("data/isolated-values"), [
      "How to look at it",
      "How to look at it in NumPy",
      "Copy code",
    ]);
    assert.deepEqual(named("precision/tf32", true), [
      "How both agree",
      "How both agree in NumPy",
      "Copy code",
    ]);
  });
});
