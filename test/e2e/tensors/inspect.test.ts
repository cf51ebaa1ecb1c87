/** The tensor editor from where a person starts: a click on a checkpoint, the Explorer's menu, the palette. */
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { becomes } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { sharesWindow } from "../support/suite";

const checkpoint = "text-classifier/weights.pt";

describe("inspecting weights", () => {
  let workbench: Workbench;

  sharesWindow({ folder: "examples", closesEditors: true }, (opened) => {
    workbench = opened;
  });
  /** The page of the only tensor editor, once it shows the file. */
  async function opened(): Promise<Frame> {
    const frame = await workbench.webviewFrame("unroll-tensors");
    await frame.locator("[role=treeitem]").first().waitFor({ timeout: 30_000 });
    return frame;
  }

  /** Waits until the tree has a row with each of these. */
  async function lists(frame: Frame, ...parts: readonly string[]): Promise<void> {
    for (const part of parts) {
      await frame.locator("[role=treeitem]").filter({ hasText: part }).first().waitFor();
    }
  }

  it("opens a checkpoint on a click", async () => {
    await workbench.openFile(checkpoint);
    await lists(await opened(), "nn.LSTM(6, 8, bidirectional=True)", "embedding.weight");
  });

  it("opens other files of tensors on a click as well", async () => {
    await workbench.openFile("gru-packed/weights.safetensors");
    await lists(await opened(), "nn.GRU");
  });

  it("opens files that belong to others from the Explorer's menu", async () => {
    await workbench.explorerMenu("keras-lstm/model.keras", "Open Tensors");
    await lists(await opened(), "nn.LSTM");
  });

  it("shows two files that are compared side by side", async () => {
    await workbench.explorerMenu(checkpoint, "Select for Compare");
    await workbench.explorerMenu("gru-packed/weights.safetensors", "Compare with Selected");
    const views = workbench.page.locator("iframe.webview.ready").filter({ visible: true });
    await becomes("The number of editors", () => views.count(), 2);
    for (const [side, part] of ["nn.LSTM", "nn.GRU"].entries()) {
      const page = views.nth(side).contentFrame().locator("iframe#active-frame").contentFrame();
      await page.locator("[role=treeitem]").filter({ hasText: part }).first().waitFor();
    }
  });

  it("says what is wrong with a file, tries again, and shows it once it is right", async () => {
    const file = join(workbench.folder, "broken.pt");
    writeFileSync(file, "no tensors");
    await workbench.openFile("broken.pt");
    const frame = await workbench.webviewFrame("unroll-tensors");
    const problem = frame.locator("[role=alert]");
    await problem.getByText("broken.pt: this is a text file").waitFor();
    await problem.getByText("Try again").click();
    await problem.getByText("broken.pt: this is a text file").waitFor();
    copyFileSync(join(workbench.folder, checkpoint), file);
    await lists(await opened(), "nn.LSTM");
    await becomes("The number of problems", () => problem.count(), 0);
  });

  it("offers the workspace's files in the palette", async () => {
    await workbench.runCommand("Unroll RNN: Open Tensors");
    await workbench.quick.isTitled("Open Tensors");
    const labels = await workbench.quick.offers((found) =>
      found.some((label) => label.includes("weights.pt")),
    );
    assert.ok(labels.length > 2);
    assert.ok(!labels.some((label) => label.includes(".unroll.json")));
    await workbench.page.keyboard.press("Escape");
  });
});
