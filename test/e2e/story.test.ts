/** The story the product is made for: three files, a quick pick, a panel, and a run file that brings it back. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../harness/poll";
import { openWorkbench, type Workbench } from "../harness/workbench";
import { Panel } from "./panel";

const EXAMPLE = "examples/two-directions-one-layer";
const VERDICTS = ["≈ output rounding only", "≈ h_n rounding only"];
const CONSTRUCTOR = "nn.RNN(2, 3, batch_first=True, bidirectional=True)";

function prepare(folder: string): void {
  copyFileSync(join(EXAMPLE, "weights.pt"), join(folder, "rnn.pt"));
  copyFileSync(join(EXAMPLE, "input.npy"), join(folder, "x.npy"));
  copyFileSync(join(EXAMPLE, "expected.npz"), join(folder, "expected.npz"));
  // Comes first by name and has six features where two are needed.
  copyFileSync("examples/differs/input.npy", join(folder, "a.npy"));
}

describe("from files to a panel and back", () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    workbench = await openWorkbench({ prepare });
    panel = new Panel(workbench);
  });

  after(async () => {
    await workbench.close();
  });

  function titleIs(part: string): Promise<string> {
    const read = (): Promise<string> => workbench.quickPickTitle();
    return until("The title of the quick pick", read, (title) => title.includes(part));
  }

  function labelsAre(...expected: readonly string[]): Promise<string[]> {
    const isExpected = (labels: readonly string[]): boolean =>
      expected.every((label, index) => labels[index] === label);
    return until("The choices", () => workbench.quickPickLabels(), isExpected);
  }

  it("asks for weights, input and reference, with what fits on top", async () => {
    await workbench.runCommand("Unroll RNN: Run Forward…");
    await titleIs("weights (1/");
    await labelsAre("rnn.pt");
    await workbench.quickPick("rnn.pt");
    await titleIs("input (2/");
    await labelsAre("x.npy");
    assert.ok((await labelsAre("x.npy")).includes("a.npy"));
    await workbench.quickPick("x.npy");
    await titleIs("reference (3/3)");
    await labelsAre("No reference", "expected.npz");
    await workbench.quickPick("expected.npz");
    assert.deepEqual(await panel.verdicts(), VERDICTS);
    assert.equal(await panel.text(".constructor"), CONSTRUCTOR);
    assert.deepEqual(await workbench.tabTitles(), ["Unroll: rnn.pt"]);
  });

  it("shows a lane for each direction, and what each leaves in h_n", async () => {
    const lanes = await panel.texts(".lane-name");
    assert.deepEqual(lanes, ["output", "layer 0 ←", "layer 0 →", "input x"]);
    const { boxes, finalLeft, finalWidth } = await panel.layout();
    const reverse = boxes.find(({ info }) => info.id === "layer0.reverse");
    assert.ok(reverse);
    await panel.hover(finalLeft + finalWidth / 2, reverse.top + reverse.height / 2);
    assert.equal(await panel.text(".readout-title"), "h_n · layer 0 ← · unit 1");
  });

  it("walks through time with the arrow keys", async () => {
    await panel.cursorIs("t = 0");
    const first = await panel.text(".score-scroll [role=gridcell]");
    await panel.press("ArrowRight");
    await panel.cursorIs("t = 1");
    assert.equal(await panel.stepForAssistiveTechnology(), 1);
    const second = await panel.says(".score-scroll [role=gridcell]", /step 1.*reference/);
    assert.notEqual(first, second);
    await panel.press("ArrowRight", "ArrowLeft", "ArrowLeft");
    await panel.cursorIs("t = 0");
    assert.equal(await panel.stepForAssistiveTechnology(), 0);
  });

  it("saves the run with names relative to the run file", async () => {
    await panel.locator("vscode-button").getByText("Save Run").click();
    const file = join(workbench.folder, "seed.unroll.json");
    const proposed = join(workbench.folder, "rnn.unroll.json");
    await until(
      "The proposed name",
      () => workbench.quickInputValue(),
      (is) => is === proposed,
    );
    await workbench.typeInQuickInput(file, { confirm: true });
    const titles = (): Promise<string[]> => workbench.tabTitles();
    await until("The title", titles, (all) => all.join() === "Unroll: seed.unroll.json");
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
      weights: { file: "rnn.pt" },
      input: "x.npy",
      options: { batchFirst: true },
      reference: { output: "expected.npz#output", h_n: "expected.npz#h_n" },
    });
  });

  it("opens the saved run as the same panel", async () => {
    await workbench.closeEditors();
    await workbench.runCommand("Unroll RNN: Open Run");
    await workbench.quickPick("seed.unroll.json");
    assert.deepEqual(await panel.verdicts(), VERDICTS);
    assert.equal(await panel.text(".constructor"), CONSTRUCTOR);
    assert.deepEqual(await workbench.tabTitles(), ["Unroll: seed.unroll.json"]);
  });
});
