/** From a file in the Explorer through the multi-step quick pick to a panel, which outlives a window reload. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../harness/poll";
import { openWorkbench, type Workbench } from "../harness/workbench";

const example = "two-directions-one-layer";

describe("the quick pick", () => {
  let workbench: Workbench;

  beforeEach(async () => {
    workbench = await openWorkbench({ folder: "examples" });
  });

  afterEach(async () => {
    await workbench.close();
  });

  function titleIs(part: string): Promise<string> {
    const read = (): Promise<string> => workbench.quickPickTitle();
    return until("The title of the quick pick", read, (title) => title.includes(part));
  }

  async function run(): Promise<void> {
    await workbench.explorerMenu(`${example}/weights.pt`, "Run Forward…");
    await titleIs("input");
    await workbench.quickPick("input.npy");
    await titleIs("reference");
    await workbench.quickPick("expected.npz");
  }

  it("offers what fits first, goes back, and ends in a panel that survives a reload", async () => {
    await workbench.explorerMenu(`${example}/weights.pt`, "Run Forward…");
    await titleIs("input (1/2)");
    await workbench.quickPick("input.npy");
    await titleIs("reference (2/2)");
    await workbench.page.getByRole("button", { name: "Back" }).click();
    await titleIs("input (1/2)");
    await workbench.quickPick("input.npy");
    await titleIs("reference (2/2)");
    const labels = await workbench.quickPickLabels();
    assert.equal(labels[0], "No reference");
    await workbench.quickPick("expected.npz");
    const frame = await workbench.webviewFrame("unroll-score");
    await frame.waitForSelector("unroll-verdict-bar");
    assert.deepEqual(await workbench.tabTitles(), ["Unroll: weights.pt"]);

    await workbench.reload('"file":"', "weights.pt", '"tab":"score"');
    const restored = await workbench.webviewFrame("unroll-score");
    await restored.waitForSelector("unroll-verdict-bar");
    assert.deepEqual(await workbench.tabTitles(), ["Unroll: weights.pt"]);
  });

  it("opens the run file in the active editor, and knows it again after a reload", async () => {
    await workbench.openFile(`${example}/${example}.unroll.json`);
    await workbench.page.locator(".editor-actions .action-label[aria-label^='Open Run']").click();
    await workbench.webviewFrame("unroll-score");
    const title = `Unroll: ${example}.unroll.json`;
    assert.equal((await workbench.tabTitles()).at(-1), title);

    await workbench.reload(`"runFile":"${example}.unroll.json"`, "unroll.runFiles");
    await workbench.webviewFrame("unroll-score");
    assert.ok((await workbench.tabTitles()).includes(title));
  });

  it("says in one sentence what is wrong with the weights, and the open panel stays", async () => {
    await run();
    await workbench.webviewFrame("unroll-score");
    mkdirSync(join(workbench.folder, "broken"));
    writeFileSync(join(workbench.folder, "broken/page.pt"), "<!DOCTYPE html><html></html>");
    await workbench.explorerMenu("broken/page.pt", "Run Forward…");
    const notification = await workbench.notification("page.pt");
    assert.match((await notification.textContent()) ?? "", /page\.pt: .*HTML/);
    assert.deepEqual(await workbench.tabTitles(), ["Unroll: weights.pt"]);
  });
});
