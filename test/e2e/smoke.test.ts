/** The packaged extension is found in the command palette of a freshly opened window. */
import assert from "node:assert/strict";
import type { Workbench } from "../harness/workbench";
import { sharesWindow } from "./support/suite";

describe("the packaged extension", () => {
  let workbench: Workbench;

  sharesWindow({ folder: "examples" }, (opened) => {
    workbench = opened;
  });

  it("lists its commands in the palette", async () => {
    const title = await workbench.quick.finds("Unroll RNN: ");
    assert.match(title, /^Unroll RNN: ./);
  });
});
