/** A run that does not fit is mended by a click in the shapes view, and what raises no error is dismissed for good. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "../../harness/workbench";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const EXAMPLE = "examples/differs";

function prepare(folder: string): void {
  const write = (name: string, more: object): void => {
    const spec = { weights: { file: "weights.pt" }, input: "input.npy", ...more };
    writeFileSync(join(folder, name), JSON.stringify(spec));
  };
  cpSync(join(folder, "expected.npz"), join(folder, "states.npz"));
  // The output is no h0; h_n of the same file is one.
  write("clash.unroll.json", { h0: "states.npz#output", options: { batchFirst: true } });
  write("silent.unroll.json", {});
}

describe("a run whose shapes clash", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel(
    { folder: EXAMPLE, prepare, settings: { "unroll.reference.default": "none" } },
    (opened) => {
      ({ workbench, panel } = opened);
    },
  );

  it("is offered changes that make it fit, and runs under the one that is clicked", async () => {
    await panel.openRun("clash.unroll.json");
    await panel.verdictsAre("✗ cannot run");
    await panel.openedTabIs("Shapes");
    await panel.says("unroll-shapes h2.clash", "h0 does not fit");
    const buttons = "unroll-shapes .fixes vscode-button";
    await panel.textsAre(
      buttons,
      "Leave h0 out: zeros take its place",
      "Take h_n [4, 4, 12] of states.npz as h0",
      "Take h_n [4, 4, 12] of expected.npz as h0",
    );
    // What does not fit is the first of all tensors.
    await panel.textIs("unroll-shapes tbody th >> nth=0", "h0");
    await panel.locator(buttons).nth(1).click();
    await panel.verdictsAre("no reference");
    await panel.openTab("Shapes");
    await panel.says("unroll-shapes h2", "Everything fits");
  });

  it("says what raises no error, once", async () => {
    await workbench.closeEditors();
    await panel.openRun("silent.unroll.json");
    await panel.openTab("Shapes");
    await panel.says("unroll-shapes .traps", /is read as T = 4 steps of B = 24 sequences/);
    await panel.locator("unroll-shapes .traps button").first().click();
    await panel.countIs("unroll-shapes .traps", 0);
  });
});
