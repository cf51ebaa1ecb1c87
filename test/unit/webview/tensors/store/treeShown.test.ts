/** The list of tensors: beside several, unless somebody has said otherwise. */
import assert from "node:assert/strict";
import { isTreeOn } from "../../../../../webview/tensors/store/treeShown";
import type { TensorState } from "../../../../../webview/tensors/store/tensorState";

describe("the list of tensors", () => {
  const shown = (entryCount: number | null, isTreeShown: boolean | null): boolean =>
    isTreeOn({
      isTreeShown,
      summary: entryCount === null ? null : ({ entryCount } as TensorState["summary"]),
    });

  it("is there for several tensors, and while a file is read", () => {
    assert.deepEqual([shown(2, null), shown(null, null), shown(1, null)], [true, true, false]);
  });

  it("is as it was said", () => {
    assert.deepEqual([shown(1, true), shown(9, false)], [true, false]);
  });
});
