/** From a file in the Explorer through the multi-step quick pick to a panel, which outlives a window reload. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "../harness/workbench";
import { sharesWindow } from "./support/suite";

const example = "two-directions-one-layer";

describe("the quick pick", () => {
  let workbench: Workbench;

  sharesWindow({ folder: "examples", closesEditors: true, isFirst: true }, (opened) => {
    workbench = opened;
  });

  async function run(): Promise<void> {
    await workbench.explorerMenu(`${example}/weights.pt`, "Run Forward…");
    await workbench.quick.isTitled("input");
    await workbench.quick.pick("input.npy", `${example}/`);
    await workbench.quick.isTitled("reference");
    await workbench.quick.pick("expected.npz", `${example}/`);
  }

  it("offers what fits first, goes back, and ends in a panel; a run file's opens beside it, and both outlive a reload", async () => {
    await workbench.explorerMenu(`${example}/weights.pt`, "Run Forward…");
    await workbench.quick.isTitled("input (1/2)");
    await workbench.quick.pick("input.npy", `${example}/`);
    await workbench.quick.isTitled("reference (2/2)");
    await workbench.page.getByRole("button", { name: "Back" }).click();
    await workbench.quick.isTitled("input (1/2)");
    await workbench.quick.pick("input.npy", `${example}/`);
    await workbench.quick.isTitled("reference (2/2)");
    await workbench.quick.offers(([first]) => first === "No reference");
    await workbench.quick.pick("expected.npz", `${example}/`);
    const frame = await workbench.webviewFrame("unroll-unrolled");
    await frame.waitForSelector("unroll-verdict-bar");
    await workbench.tabsAre("Unroll: weights.pt");

    // The run file in the active editor.
    await workbench.openFile(`${example}/${example}.unroll.json`);
    await workbench.page.locator(".codelens-decoration a").getByText("Open Run").click();
    const title = `Unroll: ${example}.unroll.json`;
    await workbench.hasTab(title);
    await workbench.webviewFrame("unroll-unrolled");

    const parts = ['"file":"', "weights.pt", '"tab":"unrolled"'];
    await workbench.reload(...parts, `"runFile":"${example}.unroll.json"`, "unroll.runFiles");
    await workbench.webviewFrame("unroll-unrolled");
    await workbench.hasTab(title);
    const tab = workbench.page.locator(".tabs-container .tab");
    await tab.getByText("Unroll: weights.pt").click();
    await workbench.page.locator(".tab.active").getByText("Unroll: weights.pt").waitFor();
    const restored = await workbench.webviewFrame("unroll-unrolled");
    await restored.waitForSelector("unroll-verdict-bar");
  });

  it("says in one sentence what is wrong with the weights, and the open panel stays", async () => {
    await run();
    await workbench.webviewFrame("unroll-unrolled");
    mkdirSync(join(workbench.folder, "broken"));
    writeFileSync(join(workbench.folder, "broken/page.pt"), "<!DOCTYPE html><html></html>");
    await workbench.explorerMenu("broken/page.pt", "Run Forward…");
    const notification = await workbench.notification("page.pt");
    assert.match((await notification.textContent()) ?? "", /page\.pt: .*HTML/);
    await workbench.tabsAre("Unroll: weights.pt");
  });

  it("offers the weights beside the file in the editor first, then those that were run last", async () => {
    const firstIs = async (folder: string): Promise<void> => {
      const first = `${folder}/weights.pt`;
      await workbench.quick.opens("Unroll RNN: Run Forward…", "weights", first);
      await workbench.page.keyboard.press("Escape");
    };
    await workbench.openFile("three-layers/three-layers.unroll.json");
    await firstIs("three-layers");
    await workbench.closeEditors();
    await run();
    await workbench.webviewFrame("unroll-unrolled");
    await firstIs(example);
  });
});
