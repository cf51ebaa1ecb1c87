/** The packaged extension is found in the command palette of a freshly opened window. */
import type { Workbench } from "../harness/workbench";
import { sharesWindow } from "./suite";

describe("the packaged extension", () => {
  let workbench: Workbench;

  sharesWindow({ folder: "examples" }, (opened) => {
    workbench = opened;
  });

  it("lists its commands in the palette", async () => {
    await workbench.page.keyboard.press("F1");
    await workbench.quick.type(">Unroll RNN");
    await workbench.quick.offers((labels) =>
      labels.some((label) => label.startsWith("Unroll RNN: ")),
    );
  });
});
