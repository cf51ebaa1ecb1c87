/** A run without a reference is compared with the embedded ONNX Runtime; a menu chooses what a run is compared with. */
import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../harness/poll";
import { cli } from "../support/cli";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const RUN = "gru-packed/alone.unroll.json";

/** The example without its reference, and a whole model with test data as ONNX' own tests have them. */
async function prepare(folder: string): Promise<void> {
  await prepareBroken(folder);
  cpSync("test/fixtures/onnx-graphs/image", join(folder, "image"), { recursive: true });
  const whole = { weights: { file: "model.onnx" }, input: "test_data_set_0" };
  writeFileSync(join(folder, "image/image.unroll.json"), JSON.stringify(whole));
  const run = {
    weights: { file: "weights.safetensors" },
    input: "batch.npz#x",
    lengths: "batch.npz#lengths",
    options: { batchFirst: true },
  };
  writeFileSync(join(folder, RUN), JSON.stringify(run));
}

/** One weight that is no number. */
async function prepareBroken(folder: string): Promise<void> {
  const weights = weightsOf({ cell: "GRU", inputSize: 3, hiddenSize: 4 });
  const recurrent = weights["weight_hh_l0"];
  assert.ok(recurrent);
  recurrent.data[4 * 4 + 1] = NaN;
  await writeTensors(folder, "broken.safetensors", weights);
  await writeTensors(folder, "broken.npz", { x: random([5, 1, 3]) });
  const run = { weights: { file: "broken.safetensors" }, input: "broken.npz#x" };
  writeFileSync(join(folder, "broken.unroll.json"), JSON.stringify(run));
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
    const height = (): Promise<number> =>
      panel.locator(".verdicts").evaluate((line) => line.getBoundingClientRect().height);
    await until("The height of the only line", height, (pixels) => pixels < 44);
  });

  it("stands beside a file and an engine in a table that accuses the wrong one", async () => {
    await panel.workbench.closeEditors();
    await panel.openRun("differs/differs.unroll.json");
    await panel.verdictsAre("✗ output differs", "✗ h_n differs");
    await panel.showMode("Δ");
    await panel.textsInclude(".lane-name", "layer 0 ← ✓ h_n");
    // Both halves of the output count all rows, the upper one with its units beside the name.
    await panel.textsInclude(".lane-name", "output → 0 … 11");
    const all = panel.locator(".lane-label").filter({ hasText: "output" });
    assert.match((await all.textContent()) ?? "", /✗ this row: 288\s*✗ all rows: 1,152/);
    await panel.locator(".compared-with vscode-button").click();
    await panel.locator(".menu-item").getByText("ONNX Runtime").click();
    await panel.says(".agreement p", "the exported file stands alone in layer1.forward.h");
    await panel.textsInclude(".agreement thead th", "ONNX Runtime");
    await panel.workbench.screenshot("test-results/compared-table.png");
  });

  it("goes to what differs when the verdict of the engine comes, and says what is no number", async () => {
    await panel.workbench.closeEditors();
    await panel.openRun("broken.unroll.json");
    await panel.verdictsAre("✗ output differs", "✗ h_n differs", "✗ states differs");
    await panel.says('.segment[aria-pressed="true"]', "Δ");
    await panel.says(
      "unroll-inspector .not-finite",
      "weight_hh_l0 holds a value that is no finite number: NaN at [4, 1]",
    );
  });

  it("runs a whole model, and takes what it gave the module", async () => {
    await panel.workbench.closeEditors();
    await panel.openRun("image/image.unroll.json");
    await panel.verdictsAre("≈ output rounding only");
    await panel.says(".compared-with", "Compared with test_data_set_0 · output_0");
    await panel.workbench.screenshot("test-results/compared-whole.png");
  });

  it("is accused on the command line as well", () => {
    const run = "examples/differs/differs.unroll.json";
    const printed = cli("check", run, "--reference", "onnxruntime");
    assert.match(printed, /the exported file stands alone in layer1\.forward\.h/);
    const whole = cli(
      ...["run", "--weights", "test/fixtures/onnx-graphs/stack/model.onnx"],
      ...["--input", "test/fixtures/onnx-graphs/stack/test_data_set_0/input_0.pb"],
      ...["--reference", "onnxruntime"],
    );
    assert.match(whole, /states +(✓ equal|≈ rounding only|✓ rounding only)/);
    assert.match(whole, /output, final states and h are those of the whole model model\.onnx/);
  });
});
