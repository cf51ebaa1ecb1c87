/** Findings with a free parameter and of 16 bits are applied, and lanes without a reference show what a finding does. */
import type { Workbench } from "../../harness/workbench";
import { until } from "../../harness/poll";
import { putMistakes } from "../support/mistakes";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

/** Rows in another order; dropout between two layers; float16; single values off; a wrong update of three layers. */
const [ROWS, DROPPED, HALF, VALUES, INVERTED] = ["s004", "s034", "s023", "s022", "s033"];

function prepare(folder: string): void {
  putMistakes(folder, [ROWS, DROPPED, HALF, VALUES, INVERTED]);
}

describe("a finding that is applied", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ prepare }, (opened) => {
    ({ workbench, panel } = opened);
  });

  async function open(name: string): Promise<void> {
    await workbench.closeEditors();
    await panel.openRun(`${name}.unroll.json`);
  }

  for (const [name, sentence, chip] of [
    [ROWS, "the rows of the batch are in another order", "permutation/batch-rows"],
    [DROPPED, "was applied between the layers: train mode", "dropout/between-layers"],
    [HALF, "everything was computed in float16", "precision/float16"],
  ] as const) {
    it(`is drawn before and after, and agrees: ${chip}`, async () => {
      await open(name);
      await panel.says(".answer .answer-sentence", sentence);
      await panel.openTab("Why");
      await panel.says(".why-over-time .after", /under the finding, up to /);
      await panel.locator(".answer vscode-button").getByText("Apply").click();
      await panel.says(".chip.under", "under a mistake");
      await panel.attributeIs(".chip.under", "data-ids", chip);
      await until(
        "Every verdict",
        () => panel.texts(".verdicts .chip[data-name]"),
        (found) => found.length > 0 && found.every((one) => /equal|rounding/.test(one)),
      );
      await panel.locator(".take-back").click();
      await panel.countIs(".chip.under", 0);
    });
  }

  it("has the values of a cell in the inspector where they cannot be explained", async () => {
    await open(INVERTED);
    await panel.says(".answer .answer-sentence", "z and 1 − z are exchanged");
    await panel.locator(".answer vscode-button").getByText("Apply").click();
    await panel.says(".chip.under", "under a mistake");
    await panel.openTab("Unrolled");
    await panel.says("unroll-inspector .formula", /^h = ?-?\d/);
    await panel.says("unroll-inspector .dim", "not shown under a mistake");
    await panel.press("PageUp", "PageUp", "PageUp", "PageUp");
    await panel.says("unroll-inspector .reference", "✓ within");
    await panel.locator("unroll-inspector .dim .link").click();
    await panel.countIs(".chip.under", 0);
  });

  it("says why there is none for single values", async () => {
    await open(VALUES);
    await panel.says(".answer", "No run gives it: there is nothing to apply.");
    await panel.countIs(".answer vscode-button", 0);
  });

  it("shows what it does in lanes that the reference does not have", async () => {
    await open(INVERTED);
    await panel.says(".answer .answer-sentence", "z and 1 − z are exchanged");
    await panel.openTab("Unrolled");
    await panel.showMode("Δ");
    const before = await panel.picture();
    await panel.locator(".finding-switch").click();
    await panel.attributeIs(".finding-switch", "aria-pressed", "true");
    await panel.textsInclude(".lane-quiet", "under the finding");
    await panel.settle();
    await panel.pictureDiffers("The lanes", before);
    await panel.locator(".finding-switch").click();
    await panel.attributeIs(".finding-switch", "aria-pressed", "false");
  });
});
