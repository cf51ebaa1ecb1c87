/** What the panel shows of a run that differs from its reference, and every way to look at it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { actUntil, retry, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { cli } from "../support/cli";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const RUN = "differs/differs.unroll.json";
const VERDICTS = ["✗ output differs", "✗ h_n differs"];
/** A run without a reference stays without one. */
const WITHOUT_ENGINES = { "unroll.reference.default": "none" };
const FIRST = "layer 1 → · t = 0 · batch 0 · unit 0";

interface Check {
  readonly runs: readonly {
    readonly verdicts: { readonly output: { maxAbs: number; outside: number; total: number } };
  }[];
}

type Tensors = Readonly<Record<string, { shape: number[]; data: number[] } | undefined>>;

describe("the views of a run", () => {
  let workbench: Workbench;
  let panel: Panel;

  const options = { folder: "examples", run: RUN, settings: WITHOUT_ENGINES, isFirst: true };
  sharesPanel(options, (opened) => {
    ({ workbench, panel } = opened);
  });

  it("says that it differs, by as much as the command line does, and where first", async () => {
    await panel.verdictsAre(...VERDICTS);
    const { runs } = JSON.parse(cli("check", `examples/${RUN}`, "--json")) as Check;
    const output = runs[0]?.verdicts.output;
    assert.ok(output);
    const share = Number(((100 * output.outside) / output.total).toFixed(1));
    await panel.textIs(".to-numbers", `all 4 rows: output max|Δ| ${output.maxAbs.toPrecision(2)}`);
    await panel.textIs(".numbers > span >> nth=0", `${share} % outside tolerance`);
    await panel.textIs(".first-at", "first seen at layer 1 →, processing step 0 (t = 0)");
    await panel.press("Home", "PageDown");
    await panel.cursorIs("layer 0 ← · t = 0");
    await panel.locator(".first-at .link").click();
    await panel.cursorIs(FIRST);
  });

  it("does the arithmetic of the unit under the cursor, to the command line's value", async () => {
    const out = join(workbench.folder, "trace.json");
    cli("run", `examples/${RUN}`, "--trace", "--out", out);
    const states = (JSON.parse(readFileSync(out, "utf8")) as Tensors)["layer1.forward.h"];
    assert.ok(states);
    assert.deepEqual(states.shape, [24, 4, 12]);
    await panel.cursorIs(FIRST);
    await retry("The value beside the reference's", async () => {
      const value = Number(await panel.text(".formula strong"));
      assert.equal(Math.fround(value), states.data[0]);
      const [reference = NaN, delta = NaN] = (await panel.texts(".reference dd")).map(parseFloat);
      assert.ok(Math.abs(value - reference - delta) < 1e-6, `${value} - ${reference} is ${delta}`);
    });
    await panel.says(".reference", /✗ outside/);
    await panel.locator(".side .link").getByText("show all 38 terms").click();
    await panel.countIs(".terms td:last-child .value", 38);
  });

  it("shows ours, the reference, both, and the difference", async () => {
    let before = await panel.picture();
    for (const [mode, label] of [
      ["Reference", "→ 0 … 11"],
      ["Side by side", "reference"],
      ["Δ", "✗ this row: 288"],
      ["Ours", "→ 0 … 11"],
    ] as const) {
      await panel.showMode(mode);
      await panel.says(".unrolled-labels", label);
      before = await panel.pictureDiffers(`The picture of ${mode}`, before);
    }
  });

  it("plays the computation a phase at a time where motion is reduced", async () => {
    await panel.openTab("Unrolled");
    for (const phase of ["layer 0 →", "flip x", "over the flipped input", "flip the states back"]) {
      await panel.press(" ");
      await panel.says(".play-phase", phase);
    }
    await panel.locator(".play-bar .icon-button").click();
    await panel.countIs(".play-bar", 0);
  });

  it("plays in Δ the lanes that the reference has, and judges none before it is computed", async () => {
    await panel.showMode("Δ");
    const judged = (): Promise<number> => panel.locator(".lane-outside").count();
    await until("The counts of every lane", judged, (count) => count === 8);
    for (const [phase, count] of [
      ["layer 1 →: step by step", 0],
      ["over the flipped input", 2],
      ["flip the states back", 4],
      ["concat", 8],
    ] as const) {
      await panel.press(" ");
      await panel.says(".play-phase", phase);
      await panel.says(".play-phase", /lanes that the reference lacks are left out$/);
      await until(`The counts at ${phase}`, judged, (found) => found === count);
    }
    // The part of the slider that is still to come is as dark as the page.
    const scheme = await panel
      .locator(".play-slider")
      .evaluate((slider) => getComputedStyle(slider).colorScheme);
    assert.equal(scheme, "dark");
    // Ours has more to play: the place in it is the same.
    await panel.showMode("Ours");
    await panel.textIs(".play-phase", "layer 1: concat → and ←");
    await panel.locator(".play-bar .icon-button").click();
    await panel.countIs(".play-bar", 0);
  });

  it("lists the shape of every tensor", async () => {
    await panel.openTab("Shapes");
    await panel.says("unroll-shapes h2", "Everything fits");
    await panel.textsInclude("unroll-shapes tbody th", "weight_hh_l1_reverse");
  });

  it("gives the numbers of a lane as a table that follows the cursor", async () => {
    await panel.openTab("Table");
    await panel.press("Home");
    await panel.cursorIs("t = 0");
    const distance = async (): Promise<number> => {
      const cell = await panel.text("unroll-table td.cursor .value");
      return Math.abs(Number(cell) - Number(await panel.text(".formula strong")));
    };
    await until("The table's distance from the inspector's value", distance, (d) => d < 1e-3);
    await panel.press("ArrowRight");
    await panel.cursorIs("t = 1");
    await until("The table's distance from the inspector's value", distance, (d) => d < 1e-3);
    await panel.countIs("unroll-table td.cursor[aria-current=true]", 1);
    await panel.press("PageUp", "PageUp");
    await panel.showMode("Side by side");
    await panel.says("unroll-table caption", "ours / reference");
    await panel.showMode("Ours");
    await panel.openTab("Unrolled");
  });

  it("goes to another row of the batch", async () => {
    const before = await panel.picture();
    await panel.choose("batch", "2 / 4");
    await panel.cursorIs("batch 2");
    await panel.pictureDiffers("The picture of another row", before);
    await panel.press("[");
    await panel.cursorIs("batch 1");
  });

  it("has each step of the timeline below the same step of the unrolled view, at every width", async () => {
    const width = workbench.page.viewportSize()?.width ?? 0;
    for (const each of [width, 900, 620]) {
      await workbench.page.setViewportSize({ width: each, height: 900 });
      const apart = async (): Promise<number> => {
        const [track, stage] = await Promise.all(
          [".timeline-track", ".unrolled-scroll"].map((part) => panel.locator(part).boundingBox()),
        );
        assert.ok(track && stage);
        const { plotLeft, plotWidth } = await panel.layout();
        const left = Math.abs(track.x - stage.x - plotLeft);
        return Math.max(left, Math.abs(track.width - plotWidth));
      };
      await until(`The timeline at ${each} px`, apart, (pixels) => pixels <= 1);
    }
    // A window that changes while another view is open changes the timeline, too.
    await panel.openTab("Table");
    await workbench.page.setViewportSize({ width, height: 900 });
    const trackWidth = async (): Promise<number> =>
      (await panel.locator(".timeline-track").boundingBox())?.width ?? 0;
    await until("The timeline of the table", trackWidth, (pixels) => pixels > 200);
    await panel.openTab("Unrolled");
  });

  it("leaves nothing of a view that has made way for another one to follow the cursor", async () => {
    await panel.openTab("Flip & concat");
    const flip = await panel.locator("unroll-flip").elementHandle();
    const stepOf = (view: Node): string | null | undefined =>
      (view as Element).querySelector(".picture")?.getAttribute("aria-valuenow");
    const before = await flip.evaluate(stepOf);
    assert.ok(before !== undefined && before !== null);
    await panel.openTab("Unrolled");
    await panel.press("ArrowRight");
    await panel.cursorIs(`t = ${Number(before) + 1}`);
    assert.equal(await flip.evaluate(stepOf), before);
    await panel.press("ArrowLeft");
  });

  it("cuts nothing off where the window is narrow", async () => {
    const width = workbench.page.viewportSize()?.width ?? 0;
    // How far the widest of the parts reaches beyond the page, or beyond what it scrolls in.
    const beyond = (parts: string): Promise<number> =>
      panel.locator(parts).evaluateAll((elements) =>
        Math.max(
          ...elements.map((element) => {
            const frame = element.closest(".scroll") ?? document.documentElement;
            return element.getBoundingClientRect().right - frame.getBoundingClientRect().right;
          }),
        ),
      );
    for (const each of [900, 420]) {
      await workbench.page.setViewportSize({ width: each, height: 900 });
      for (const [tab, parts] of [
        ["Shapes", ".shape-table td"],
        ["Table", "caption span"],
        ["Unrolled", ".timeline-names span"],
      ] as const) {
        await panel.openTab(tab);
        const ofTab = (): Promise<number> => beyond(parts);
        await until(`${parts} at ${each} px`, ofTab, (pixels) => pixels <= 1);
      }
    }
    await workbench.page.setViewportSize({ width, height: 900 });
  });

  it("scrubs along the timeline", async () => {
    const track = panel.locator(".timeline-track");
    await actUntil(
      "The step that was clicked on",
      async () => {
        // The page may not have its width yet.
        const box = await track.boundingBox();
        assert.ok(box);
        await track.click({ position: { x: box.width * (18.5 / 24), y: box.height / 2 } });
      },
      async () => (await panel.text("unroll-inspector h2")).includes("t = 18"),
    );
    await panel.stepForAssistiveTechnologyIs(18);
  });

  it("runs again with the batch axis read otherwise, and back", async () => {
    await panel.openOptions();
    await panel.locator("vscode-checkbox").click();
    await panel.verdictsAre("✗ output differs", "? h_n cannot be compared");
    await panel.textIs(".constructor", "nn.RNN(6, 12, num_layers=2, bidirectional=True)");
    await panel.openTab("Shapes");
    await panel.says("unroll-shapes tr.mismatch", "reference");
    await panel.openOptions();
    await panel.locator("vscode-checkbox").click();
    await panel.verdictsAre(...VERDICTS);
    await panel.openTab("Unrolled");
  });

  it("runs again from the toolbar and from the command", async () => {
    const first = await panel.revision();
    await panel.locator("vscode-button").getByText("Run", { exact: true }).click();
    const second = await until(
      "The revision",
      () => panel.revision(),
      (now) => now > first,
    );
    await panel.verdictsAre(...VERDICTS);
    await workbench.runCommand("Unroll RNN: Run Again");
    await until(
      "The revision",
      () => panel.revision(),
      (now) => now > second,
    );
    await panel.verdictsAre(...VERDICTS);
  });

  it("takes another reference, and none", async () => {
    await panel.locator(".compared-with vscode-button").click();
    await panel.locator(".menu-item").getByText("another file…").click();
    await workbench.quick.pick("No reference");
    await panel.verdictsAre("no reference");
    await panel.openTab("Numbers");
    await panel.says("unroll-numbers", "Without a reference there is nothing to measure.");
    await panel.locator("unroll-numbers vscode-button").click();
    await workbench.quick.pick("expected.npz", "differs/");
    await panel.verdictsAre(...VERDICTS);
    await panel.says("#numbers-output", "values outside");
    await panel.openTab("Unrolled");
  });

  it("lists the keys over the panel", async () => {
    await panel.press("?");
    await panel.says("dialog.help", "one step back, one step forward");
    await panel.locator("dialog.help").press("Escape");
    await panel.locator("dialog.help").waitFor({ state: "detached" });
  });

  it("comes back after a reload with its run, view, mode and cursor", async () => {
    await panel.showMode("Δ");
    await panel.openTab("Table");
    await panel.press("End", "ArrowLeft");
    const cursor = await panel.cursorIs("t = 22");
    await workbench.reload('"mode":"delta"', '"tab":"table"', '"step":22', '"file":"');
    await panel.verdictsAre(...VERDICTS);
    await panel.openedTabIs("Table");
    await panel.textIs(".segment[aria-pressed=true]", "Δ");
    await panel.textIs("unroll-inspector h2", cursor);
  });

  it("shows the shapes of a run that cannot be made, and recovers with another input", async () => {
    await workbench.closeEditors();
    await panel.openRun("does-not-fit/does-not-fit.unroll.json");
    await panel.verdictsAre("✗ cannot run");
    await panel.openedTabIs("Shapes");
    await panel.says("unroll-shapes h2.clash", "the last axis of input [2, 5, 7] is 7, needed 6");
    await panel.says("unroll-shapes .pytorch", "Expected 6, got 7");
    await panel.pick("input");
    // The run's own file, which does not fit, is read first: the list begins with it.
    await workbench.quick.pick("input.npy", "differs/");
    await panel.verdictsAre("no reference");
    await panel.openTab("Unrolled");
    await panel.textsInclude(".lane-name", "layer 0 →");
    await panel.openTab("Shapes");
    await panel.says("unroll-shapes h2", "Everything fits");
  });
});
