/** The packaged extension is found in the command palette of a freshly opened window. */
import assert from "node:assert/strict";
import { openWorkbench, type Workbench } from "../harness/workbench";

describe("the packaged extension", () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ folder: "examples" });
  });

  after(async () => {
    await workbench.close();
  });

  it("puts its commands into the palette", async () => {
    await workbench.page.keyboard.press("F1");
    await workbench.typeInQuickInput(">Unroll RNN");
    const labels = await workbench.quickPickLabels();
    assert.ok(
      labels.some((label) => label.startsWith("Unroll RNN: ")),
      labels.join(", "),
    );
  });
});
