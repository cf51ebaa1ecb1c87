/** Why a run differs: the line that answers, the evidence, the fix that is copied, and the run under the finding. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { becomes, until } from "../../harness/poll";
import { themes, type Theme } from "../../harness/themes";
import type { Workbench } from "../../harness/workbench";
import { cli } from "../support/cli";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import { putMistakes } from "../support/mistakes";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

/** Gates as ONNX has them; a reference that two mistakes explain; other weights; one that agrees. */
const [GATES, TWO, NONE, RIGHT] = ["s070", "s041", "s048", "s046"];
/** A GRU whose reset gate scales the state: a run file has an option for it. */
const RESET = "s051";
/** The output agrees, and h_n of the reverse direction was taken at its first step. */
const FINAL = "s053";
const ANSWER = ".answer .answer-sentence";

async function prepare(folder: string): Promise<void> {
  putMistakes(folder, [GATES, TWO, NONE, RIGHT, RESET, FINAL]);
  await prepareNaN(folder);
}

/** A weight that is no number; the reference is made with it as well. */
async function prepareNaN(folder: string): Promise<void> {
  const weights = weightsOf({ cell: "GRU", inputSize: 3, hiddenSize: 4 });
  const recurrent = weights["weight_hh_l0"];
  assert.ok(recurrent);
  recurrent.data[4 * 4 + 1] = NaN;
  await writeTensors(folder, "nan.safetensors", weights);
  await writeTensors(folder, "nan.npz", { x: random([5, 1, 3]) });
  const run = { weights: { file: "nan.safetensors" }, input: "nan.npz#x" };
  const path = join(folder, "nan.unroll.json");
  writeFileSync(path, JSON.stringify(run));
  cli("run", path, "--out", join(folder, "expected.npz"));
  const reference = { output: "expected.npz#output", h_n: "expected.npz#h_n" };
  writeFileSync(path, JSON.stringify({ ...run, reference }));
}

describe("why a run differs", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ prepare }, (opened) => {
    ({ workbench, panel } = opened);
  });

  async function open(name: string): Promise<void> {
    await workbench.closeEditors();
    await panel.openRun(`${name}.unroll.json`);
  }

  /** All of them in the first theme; what another one changes are colours. */
  const findingsIn = (theme: Theme) => (): Promise<string[]> =>
    workbench.findings("unroll-app", theme === themes[0] ? undefined : "colours");

  it("is answered in one line, without being asked", async () => {
    await panel.openRun(`${GATES}.unroll.json`);
    await panel.says(ANSWER, "the gates are taken in the order i o f g (ONNX). Run like that, all");
    await panel.says(".answer-numbers", /^3\.1 → .*e-\d · rounding up to /);
  });

  it("opens the evidence by Why?, what fits marked among what was tried", async () => {
    await panel.locator(".answer").getByText("Why?").click();
    await panel.openedTabIs("Why");
    await panel.textsInclude(
      ".tried-row.fits .tried-name",
      "the gates are taken in the order i o f g (ONNX)",
    );
    await panel.textIs(".tried-row.unchanged .tried-name", "nothing changed");
    await panel.says(".tried-readout", /^reproduces the reference · .*gates\/iofg$/);
    const path = (): Promise<string | null> =>
      panel.locator(".error-made").getAttribute("d", { timeout: 3000 });
    await until("The curve", path, (d) => d !== null && d !== "");
  });

  it("draws the error before and after over time, with the band of rounding", async () => {
    const path = (name: string) => (): Promise<string | null> =>
      panel.locator(`.why-over-time ${name}`).getAttribute("d", { timeout: 3000 });
    for (const name of [".error-carried", ".error-after", ".error-band"]) {
      await until(name, path(name), (d) => d !== null && d !== "");
    }
    await panel.says(".why-over-time .after", /under the finding, up to .*e-\d/);
  });

  it("shows where error is made in the row of the cursor", async () => {
    await panel.says(".why-error > .dim", "batch 0");
    await panel.choose("batch", "1 / 5");
    await panel.says(".why-error > .dim", "batch 1");
    await panel.choose("batch", "0 / 5");
    await panel.says(".why-error > .dim", "batch 0");
  });

  it("leads to the first divergence, in recurrent coordinates", async () => {
    await panel.openTab("Unrolled");
    await panel.press("Home");
    await panel.cursorIs("t = 0");
    await panel.openTab("Why");
    await panel.says(
      ".known .link",
      "First divergence: layer 0, forward, processing step 4 (t = 4), batch 0, c, unit 0; ",
    );
    await panel.locator(".known .link").click();
    await panel.openedTabIs("Unrolled");
    await panel.cursorIs("t = 4");
    await panel.openTab("Why");
  });

  it("is read by keyboard: rows by the arrows, all of them by a button", async () => {
    await panel.locator(".tried-list").press("End");
    await panel.attributeIs(".tried-list", "aria-activedescendant", "tried-5");
    await panel.locator(".tried-list").press("Home");
    await panel.says(".tried-readout", "gates/iofg");
    await panel.locator("unroll-tried .link").click();
    await until(
      "The rows",
      () => panel.locator(".tried-row").count(),
      (count) => count > 60,
    );
    await panel.locator("unroll-tried .link").click();
    await panel.countIs(".tried-row", 6);
  });

  it("copies the fix in three languages", async () => {
    await panel.says(".fix-code", /^import torch/);
    await panel.locator(".why-fix .segment").getByText("NumPy").click();
    await panel.says(".fix-code", /^import numpy/);
    await panel.locator(".copy-fix button").click();
    await panel.says(".copy-fix .copied", "copied");
  });

  for (const theme of themes) {
    it(`has no axe finding in ${theme}`, async () => {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-app"));
      await becomes("The findings", findingsIn(theme), []);
    });
  }

  it("runs under the finding, says so, and takes it back", async () => {
    await panel.locator(".answer vscode-button").getByText("Apply").click();
    await panel.verdictsAre(
      `under: the gates are taken in the order i o f g (ONNX) under a mistake ×`,
      ...["≈ output rounding only", "≈ h_n rounding only", "≈ c_n rounding only"],
    );
    await panel.says(ANSWER, "i o f g (ONNX). The run is shown under it.");
    await panel.countIs(".answer vscode-button:not(.undo)", 0);
    await panel.locator(".answer .undo").click();
    await panel.verdictsAre("✗ output differs", "✗ h_n differs", "✗ c_n differs");
    await panel.says(ANSWER, "i o f g (ONNX)");
  });

  it("saves the run that agrees as a run file, and opens it", async () => {
    await open(RESET);
    await panel.says(ANSWER, "the reset gate");
    await panel.openTab("Why");
    await panel.locator(".why-fix vscode-button").getByText("Save as run file…").click();
    const name = `${RESET}-reset-before-product.unroll.json`;
    await workbench.quick.holds((value) => value.endsWith(name));
    await workbench.page.keyboard.press("Enter");
    await panel.verdictsAre("≈ output rounding only", "≈ h_n rounding only");
    const written = join(workbench.folder, name);
    assert.match(readFileSync(written, "utf8"), /"resetAfter": false/);
  });

  it("makes the smallest case in a folder that is named, and opens it", async () => {
    await open(GATES);
    await panel.says(ANSWER, "i o f g (ONNX)");
    await panel.openTab("Why");
    await panel.locator(".why-fix vscode-button").getByText("Smallest case…").click();
    await workbench.quick.holds((value) => value.endsWith("/"));
    await workbench.quick.type(`${workbench.folder}/`, { confirm: true });
    await until(
      "The case",
      () => Promise.resolve(existsSync(join(workbench.folder, "case.unroll.json"))),
      (is) => is,
    );
    await panel.says(ANSWER, "i o f g (ONNX)");
    await panel.textsAre(".verdicts .chip", "✗ output differs", "✗ h_n differs", "✗ c_n differs");
  });

  it("names all that fit where the run cannot tell them apart", async () => {
    await open(TWO);
    await panel.says(ANSWER, "both biases are added twice");
    await panel.says(ANSWER, "this run cannot tell them apart");
  });

  it("names no mistake where nothing fits", async () => {
    await open(NONE);
    const answer = await panel.says(ANSWER, "None of the");
    assert.match(
      answer,
      /mistakes and pairs that were tried explains it: the reference contradicts/,
    );
    await panel.countIs(".copy-fix", 0);
    await panel.press("w");
    await panel.says(".known", "none fits");
    await panel.says(".known", "output at t = 3, batch 1 and its h_n[0] should be one state");
  });

  it("says of a run that agrees what it could not have shown", async () => {
    await open(RIGHT);
    await panel.verdictsAre("≈ output rounding only", "≈ h_n rounding only");
    await panel.countIs(".answer", 0);
    await panel.locator(".verdicts").getByText("what this run cannot show").click();
    await panel.openedTabIs("Why");
    await panel.says("unroll-why .unseen", "h0 is ignored");
    await panel.locator("unroll-why vscode-button").getByText("Make a better test…").click();
    await workbench.quick.holds((value) => value.endsWith("/"));
    await workbench.page.keyboard.press("Escape");
    await panel.says(".verdicts .tail > .link", /this run could not have shown \d+ mistakes/);
  });

  it("says that both sides are NaN, draws no error that is no number, and lets it pass", async () => {
    await open("nan");
    await panel.says(ANSWER, "The reference is NaN in the same places as this run and agrees");
    await panel.openTab("Why");
    await panel.says(".why-error", "weight_hh_l0 holds a value that is no finite number: NaN at");
    await panel.says(".why-error", "The difference is not a number at any step.");
    await panel.countIs(".why-error .error-plot", 0);
    await panel.locator(".answer vscode-button").getByText("NaN equals NaN").click();
    await panel.verdictsAre("≈ output rounding only", "✓ h_n equal");
    await panel.countIs(".answer", 0);
  });

  it("leads to values of h_n that are off alone, and says that the output agrees", async () => {
    await open(FINAL);
    await panel.cursorIs("layer 0 ← · t = 0 · batch 0 · unit 0");
    const rows = (): Promise<string[]> => panel.texts(".reference dt");
    await until("The rows of the reference", rows, (all) => all.includes("h_n[1]"));
    assert.match(await panel.text(".reference.within"), /✓ within/);
    assert.match(await panel.text(".reference.outside"), /h_n\[1\].*1\.93.*✗ outside/);
    await panel.says(".origin-of-difference", "h_n[1] is 2.01");
    await panel.textsInclude(".lane-label .lane-outside", "✗ h_n, all rows: 11");
    // What is found explains why output and h_n are not one state.
    await panel.says(".notes summary", "Details");
    await panel.press(".");
    await panel.cursorIs("layer 0 ← · t = 0 · batch 2 · unit");
    await panel.says(".reference.outside", "✗ outside");
    await panel.press("n");
    await panel.cursorIs("layer 0 ← · t = 0 · batch 0 · unit 2");
    await panel.openTab("Why");
    await panel.says(".why-over-time", "The output agrees at every step: the error is in h_n.");
    await panel.countIs(".why-over-time svg", 0);
    await panel.openTab("Unrolled");
  });
});
