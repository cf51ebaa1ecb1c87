/** The numbers of a run's differences: opened from the verdict, judged by another tolerance, and a way to each place. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Workbench } from "../../harness/workbench";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";
import { becomes, until } from "../../harness/poll";

describe("following a number", () => {
  let panel: Panel;

  sharesPanel({ folder: "examples" }, (opened) => {
    ({ panel } = opened);
  });

  it("goes back and forward by Alt and arrows", async () => {
    await panel.openRun("differs/differs.unroll.json");
    await panel.press("Home", "n");
    await panel.cursorIs("t = 1");
    const there = await panel.text("unroll-inspector h2");
    await panel.press("Alt+ArrowLeft");
    await panel.cursorIs("t = 0");
    await panel.press("Alt+ArrowRight");
    await panel.textIs("unroll-inspector h2", there);
  });

  it("copies the unit as NumPy and PyTorch", async () => {
    for (const library of ["NumPy", "PyTorch"]) {
      await panel.locator("unroll-inspector").getByText(`copy as ${library}`).click();
      await panel.textsInclude("unroll-inspector .copied", "✓ copied");
    }
  });

  it("marks in the timeline what is outside tolerance", async () => {
    const marks = (): Promise<number> => panel.locator(".timeline-outside").count();
    await until("The marks", marks, (count) => count > 0);
  });

  it("measures differences by their reference and in ulp", async () => {
    const measured = panel.locator("unroll-inspector .measures");
    await until(
      "Both",
      () => measured.textContent(),
      (found) => /of \|reference\| · -?[\d,]+ ulp/.test(found ?? ""),
    );
    await panel.press("d");
    await panel.says(".legend", /Δ\/\|ref\|.*relative.*near zero by/);
    await panel.locator(".measure-switch").click();
    await panel.says(".legend", /Δ ulp.*in ulp.*near zero as at/);
    await panel.press("d");
    await panel.says(".legend", /absolute.*Δ = ours − reference/);
  });

  it("runs the colours of Δ to where they are set, and back to what differs", async () => {
    await panel.showMode("Δ");
    const handle = panel.locator(".range-handle[role=slider]");
    const limit = (): Promise<string | null> => handle.getAttribute("aria-valuenow");
    const own = await limit();
    await handle.press("ArrowLeft");
    await until("A narrower range", limit, (now) => Number(now) < Number(own));
    await panel.says(".legend", /Δ ≤ −/);
    await panel.locator(".range-switch").click();
    await until("The range of what differs", limit, (now) => now === own);
  });

  it("says whose values sides are", async () => {
    await panel.showMode("Side by side");
    await panel.textsInclude(".lane-name", "layer 1 → · ours");
    await panel.textsInclude(".lane-name", "layer 0 → · ours");
    await panel.textsInclude(".lane-quiet", "✓ h_n: ours / ref.");
  });
});

describe("the numbers of a run", () => {
  let workbench: Workbench;
  let panel: Panel;

  /** A run whose rounding alone leads anywhere after some steps, and a reference of it with a mistake. */
  const prepare = (folder: string): void => {
    for (const file of ["rnn_early.unroll.json", "rnn_early.safetensors"]) {
      cpSync(join("test/fixtures/chaos", file), join(folder, file));
    }
  };

  sharesPanel({ folder: "examples", prepare }, (opened) => {
    ({ workbench, panel } = opened);
  });

  it("open from the largest difference in the line of the verdicts", async () => {
    await panel.openRun("differs/differs.unroll.json");
    await panel.locator(".to-numbers").click();
    await panel.openedTabIs("Numbers");
    await panel.says("#numbers-output", "2,304 values outside this tolerance");
    await panel.says('section[aria-labelledby=numbers-output] [data-figure="max"]', "✗");
    const rows = "section[aria-labelledby=numbers-output] .place-list tbody tr";
    await panel.countIs(rows, 10);
    const more = panel.locator("section[aria-labelledby=numbers-output] > p > .link");
    await more.click();
    await panel.countIs(rows, 20);
    await more.click();
    await panel.countIs(rows, 10);
  });

  it("lead to the place of an element", async () => {
    const row = panel.locator("section[aria-labelledby=numbers-output] .place-list").last();
    const first = row.locator("tbody button").first();
    const title = (await first.getAttribute("title")) ?? "";
    const [, step] = /t = (\d+)/.exec(title) ?? [];
    assert.ok(step !== undefined, title);
    await first.click();
    await panel.cursorIs(`t = ${step}`);
  });

  it("are judged by another tolerance without a run", async () => {
    const before = await panel.revision();
    const value = await panel.text(
      'section[aria-labelledby=numbers-output] [data-figure="passingAtol"] td',
    );
    const atol = panel.locator(".judged-by input[name=atol]");
    await atol.fill("5");
    await atol.press("Enter");
    await panel.says("#numbers-output", "passes by this tolerance");
    assert.match(value, /✗ 1\.\d|✗ 0\.\d/);
    await atol.fill("nonsense");
    await atol.press("Enter");
    await until(
      "The field",
      () => atol.inputValue(),
      (text) => text === "5",
    );
    assert.equal(await panel.revision(), before);
    await panel.locator(".judged-by").getByText("Back to the run’s tolerance").click();
    await panel.says("#numbers-output", "2,304 values outside");
  });

  it("are judged by a tolerance of one result alone", async () => {
    await panel.locator("section[aria-labelledby=numbers-h_n] .own-tolerance summary").click();
    const own = panel.locator("section[aria-labelledby=numbers-h_n] input[name=atol]");
    await own.fill("5");
    await own.press("Enter");
    await panel.says("#numbers-h_n", "passes by this tolerance");
    await panel.says("#numbers-output", "2,304 values outside");
    await panel.locator(".judged-by").getByText("Back to the run’s tolerance").click();
    await panel.says("#numbers-h_n", "outside this tolerance");
    await panel.countIs(".own-tolerance[open]", 0);
  });

  it("are copied with all digits, and their tolerance is taken for the run", async () => {
    await panel.locator("unroll-numbers unroll-copy .link").first().click();
    await panel.textsInclude("unroll-numbers .copied", "✓ copied");
    const copied = await workbench.page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^result\tnumber\tvalue\tthreshold\tsentence\n/);
    assert.match(copied, /^output\toutside\t2304\t/m);
    const before = await panel.revision();
    await panel.locator(".judged-by vscode-checkbox").click();
    await panel.says(".judged-by", "Back to the run’s tolerance");
    await panel.locator(".judged-by vscode-checkbox").click();
    await panel.countIs(".judged-by .link", 0);
    const atol = panel.locator(".judged-by input[name=atol]");
    await atol.fill("5");
    await atol.press("Enter");
    await panel.locator(".judged-by vscode-button").getByText("Use for the run").click();
    await until(
      "The revision",
      () => panel.revision(),
      (now) => now > before,
    );
    await panel.verdictsAre("≈ output within tolerance", "≈ h_n within tolerance");
    await panel.countIs(".judged-by .link", 0);
  });

  it("have a table for each plot, and nothing to find for axe", async () => {
    await panel.locator(".error-density summary").first().click();
    await panel.says(".error-density table", "largest |Δ| up to");
    await becomes("The findings", () => workbench.findings("unroll-app"), []);
  });

  it("say of a chaotic run that they say nothing; its steps are judged by themselves", async () => {
    await workbench.closeEditors();
    await panel.openRun("rnn_early.unroll.json");
    await panel.openTab("Numbers");
    await panel.says("unroll-numbers", "This run is chaotic");
    await panel.press("End");
    await panel.says(".reference .mark", "✓ right by its own step");
    await panel.says(".reference .dim", "(chaotic here)");
    await panel.countIs(
      "section[aria-labelledby=numbers-output] [data-figure=passingAtol] .mark",
      0,
    );
  });

  it("fit a narrow panel", async () => {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await workbench.page.setViewportSize({ width: 420, height: 900 });
    await panel.settle();
    const overflow = await panel
      .locator("html")
      .evaluate((root) => root.scrollWidth - root.clientWidth);
    assert.equal(overflow, 0);
  });
});
