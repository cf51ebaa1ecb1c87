/** The packaged extension is found in the command palette of a freshly opened window. */
import { openWorkbench, type Workbench } from "../harness/workbench";

describe("the packaged extension", () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ folder: "examples" });
  });

  after(async () => {
    await workbench.close();
  });

  it("lists its commands in the palette", async () => {
    await workbench.page.keyboard.press("F1");
    await workbench.quick.type(">Unroll RNN");
    await workbench.quick.offers((labels) =>
      labels.some((label) => label.startsWith("Unroll RNN: ")),
    );
  });
});
