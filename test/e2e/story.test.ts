/** The story the product is made for: three files, a quick pick, a panel, and a run file that brings it back. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "../harness/workbench";
import type { Panel } from "./support/panel";
import { sharesPanel } from "./support/suite";

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

  sharesPanel({ prepare }, (opened) => {
    ({ workbench, panel } = opened);
  });

  /** Waits until these are the first choices. */
  function offers(...expected: readonly string[]): Promise<readonly string[]> {
    return workbench.quick.offers((labels) =>
      expected.every((label, index) => labels[index] === label),
    );
  }

  it("asks for weights, input and reference, with what fits on top", async () => {
    await workbench.runCommand("Unroll RNN: Run Forward…");
    await workbench.quick.isTitled("weights (1/");
    await offers("rnn.pt");
    await workbench.quick.pick("rnn.pt");
    await workbench.quick.isTitled("input (2/");
    const labels = await workbench.quick.offers((all) => all.includes("a.npy"));
    assert.equal(labels[0], "x.npy");
    await workbench.quick.pick("x.npy");
    await workbench.quick.isTitled("reference (3/3)");
    await offers("No reference", "expected.npz");
    await workbench.quick.pick("expected.npz");
    await panel.verdictsAre(...VERDICTS);
    await panel.textIs(".constructor", CONSTRUCTOR);
    await workbench.tabsAre("Unroll: rnn.pt");
  });

  it("shows a lane for each direction, and what each leaves in h_n", async () => {
    await panel.textsAre(".lane-name", "output", "layer 0 ←", "layer 0 →", "input x");
    await panel.readsOut(({ boxes, finalLeft, finalWidth }) => {
      const reverse = boxes.find(({ info }) => info.id === "layer0.reverse");
      assert.ok(reverse);
      return [finalLeft + finalWidth / 2, reverse.top + reverse.height / 2];
    }, "h_n · layer 0 ← · unit 1");
  });

  it("walks through time with the arrow keys", async () => {
    await panel.cursorIs("t = 0");
    const first = await panel.says(".unrolled-scroll [role=gridcell]", /step 0.*reference/);
    await panel.press("ArrowRight");
    await panel.cursorIs("t = 1");
    await panel.stepForAssistiveTechnologyIs(1);
    const second = await panel.says(".unrolled-scroll [role=gridcell]", /step 1.*reference/);
    assert.notEqual(first, second);
    await panel.press("ArrowRight", "ArrowLeft", "ArrowLeft");
    await panel.cursorIs("t = 0");
    await panel.stepForAssistiveTechnologyIs(0);
  });

  it("saves the run with names relative to the run file", async () => {
    await panel.locator("vscode-button").getByText("Save Run").click();
    const file = join(workbench.folder, "seed.unroll.json");
    const proposed = join(workbench.folder, "rnn.unroll.json");
    await workbench.quick.holds((name) => name === proposed);
    await workbench.quick.type(file, { confirm: true });
    await workbench.tabsAre("Unroll: seed.unroll.json");
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
    await workbench.quick.pick("seed.unroll.json");
    await panel.verdictsAre(...VERDICTS);
    await panel.textIs(".constructor", CONSTRUCTOR);
    await workbench.tabsAre("Unroll: seed.unroll.json");
  });
});
