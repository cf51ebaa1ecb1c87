/** A run without a reference is compared with the embedded ONNX Runtime; a menu chooses what a run is compared with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Panel } from "./panel";
import { sharesPanel } from "./suite";

const RUN = "gru-packed/alone.unroll.json";

/** The example without its reference. */
function prepare(folder: string): void {
  const run = {
    weights: { file: "weights.safetensors" },
    input: "batch.npz#x",
    lengths: "batch.npz#lengths",
    options: { batchFirst: true },
  };
  writeFileSync(join(folder, RUN), JSON.stringify(run));
}

describe("a run beside engines that are not ours", () => {
  let panel: Panel;

  sharesPanel({ folder: "examples", prepare, run: RUN }, (opened) => {
    ({ panel } = opened);
  });

  it("gets an embedded verdict where it has no reference", async () => {
    await panel.verdictsAre(
      "≈ output rounding only",
      "≈ h_n rounding only",
      "≈ states rounding only",
    );
    await panel.says(".compared-with", "Compared with ONNX Runtime 1.30.0 (WASM, CPU, float32)");
    await panel.showMode("Δ");
    await panel.workbench.screenshot("test-results/compared-alone.png");
  });

  it("is compared with nothing when the menu says so", async () => {
    await panel.locator(".compared-with vscode-button").click();
    await panel.workbench.screenshot("test-results/compared-menu.png");
    await panel.locator(".menu-item").getByText("no engine").click();
    await panel.verdictsAre("no reference");
  });

  it("stands beside a file and an engine in a table that accuses the wrong one", async () => {
    await panel.workbench.closeEditors();
    await panel.openRun("differs/differs.unroll.json");
    await panel.verdictsAre("✗ output differs", "✗ h_n differs");
    await panel.locator(".compared-with vscode-button").click();
    await panel.locator(".menu-item").getByText("ONNX Runtime").click();
    await panel.says(".agreement p", "the exported file stands alone in layer1.forward.h");
    await panel.textsInclude(".agreement thead th", "ONNX Runtime");
    await panel.workbench.screenshot("test-results/compared-table.png");
  });
});
