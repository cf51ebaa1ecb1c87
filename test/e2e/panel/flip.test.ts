/** How a layer flips its input, runs, flips back and concatenates, in ours and in the reference. */
import assert from "node:assert/strict";
import { until } from "../../harness/poll";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

describe("flip and concat", () => {
  let panel: Panel;

  const settings = { "unroll.reference.default": "none" };
  sharesPanel({ folder: "examples", run: "differs/differs.unroll.json", settings }, (opened) => {
    ({ panel } = opened);
  });

  it("shows how the reverse half is flipped and joined", async () => {
    await panel.openTab("Flip & concat");
    await panel.showMode("Ours");
    await panel.says("unroll-flip svg", "rnn_reverse(flip(x))");
    await panel.says("unroll-flip .final-states", "reverse state at t = 0");
    await panel.choose("Layer", "0");
    await panel.says("unroll-flip h2", "Layer 0, bidirectional");
    // A state of the layer is gone to, and the picture keeps its layer.
    const column = panel
      .locator('unroll-flip g:has(> text.title:has-text("forward states")) image.dense')
      .nth(2);
    const height = (await column.boundingBox())?.height ?? 0;
    await column.click({ position: { x: 4, y: (3.5 / 12) * height } });
    await panel.cursorIs("layer 0 → · t = 2 · batch 0 · unit 3");
    await panel.countIs("unroll-flip .lit-cell", 2);
    await panel.press("PageUp", "PageUp");
    await panel.cursorIs("layer 1");
    await panel.says("unroll-flip h2", "Layer 0, bidirectional");
    // With reduced motion, each press shows the end of a phase.
    const drawn = (): Promise<string> => panel.locator("unroll-flip .picture svg").innerHTML();
    const pictures = new Set<string>();
    for (const phase of ["1 flip", "2 run", "3 flip back", "4 concat"]) {
      await panel.locator("unroll-flip .player vscode-button").click();
      await panel.textIs(".phase[aria-current=step]", phase);
      pictures.add(await drawn());
    }
    assert.equal(pictures.size, 4);
  });

  it("names the marks beside lanes that differ in every mode, and moves no lane for it", async () => {
    await panel.openTab("Unrolled");
    await panel.showMode("Δ");
    await panel.countIs(".legend .swatch-outside", 1);
    const height = (): Promise<number> =>
      panel.locator(".unrolled-scroll").evaluate((scroller) => scroller.clientHeight);
    const before = await height();
    for (const mode of ["Ours", "Side by side"]) {
      await panel.showMode(mode);
      await panel.countIs(".legend .swatch-beside", 1);
      assert.equal(await height(), before);
    }
  });

  it("marks the step under the pointer apart from the cursor's, and reads its value out", async () => {
    await panel.openTab("Flip & concat");
    await panel.showMode("Δ");
    await panel.choose("Layer", "1");
    await panel.locator("unroll-flip .picture").press("Home");
    await panel.cursorIs("t = 0");
    const strip = panel.locator('unroll-flip svg > g:has(> text.title:has-text("Δ forward"))');
    const frames = await panel.locator("unroll-flip .lit-frame").count();
    await strip
      .locator("image.dense")
      .nth(7)
      .hover({ position: { x: 2, y: 3 } });
    await panel.says(".readout", /^layer 1 → · t 7 · unit 0 ours .+reference .+Δ ✗ /);
    await panel.countIs("unroll-flip .pointed", frames);
    await panel.countIs("unroll-flip .lit-frame", frames);
    await panel.textsAre("unroll-flip .chip.lit", ...Array.from({ length: 6 }, () => "0"));
    await panel.locator("unroll-flip h2").hover();
    await panel.countIs("unroll-flip .pointed", 0);
    await panel.countIs(".readout", 0);
  });

  it("shows every step, and leaves no height empty", async () => {
    await panel.openTab("Flip & concat");
    await panel.choose("Layer", "1");
    await panel.showMode("Ours");
    const free = (): Promise<number> =>
      panel.locator("unroll-flip").evaluate((view) => {
        const stage = view.parentElement?.getBoundingClientRect();
        return (stage?.bottom ?? 0) - view.getBoundingClientRect().bottom;
      });
    await until("The empty height", free, (pixels) => pixels >= 0 && pixels < 40);
    assert.deepEqual(
      (await panel.texts("unroll-flip p.dim")).filter((each) => each.startsWith("Shown around")),
      [],
    );
  });

  it("shows the reference and the difference of a layer that the reference has, one side at a time", async () => {
    await panel.openTab("Flip & concat");
    await panel.choose("Layer", "1");
    const titles = (): Promise<string[]> => panel.texts("unroll-flip text.title");
    const has = (title: RegExp) => (all: string[]) => all.some((each) => title.test(each));
    await panel.showMode("Reference");
    await until("The titles of the reference", titles, has(/· reference|^ref\. /));
    await until("The title of x", titles, has(/^x.* · ours$/));
    // The diagnosis found that the flip back is missing: the drawing says so, and where h_n is then.
    await until("The missing flip", titles, has(/^ref\. not flipped|^not flipped back/));
    await panel.says("unroll-flip .final-states", "h_n[3] is at t = 23");
    // What is lit is one step of processing: the first one of the reverse direction reads t = 23.
    await panel.locator("unroll-flip .picture").press("Home");
    await panel.textsAre("unroll-flip .chip.lit", "0", "23", "23", "0", "0", "0");
    const processed = panel.locator(
      'unroll-flip svg > g:has(> text.title:has-text("as processed"))',
    );
    // It stands as it was processed, from t = 23 on, and the last state is h_n.
    assert.deepEqual(
      (await processed.locator(".chip").allTextContents()).flatMap((each, index, all) =>
        index === 0 || index === all.length - 1 ? [each.trim()] : [],
      ),
      ["23", "0"],
    );
    const frame = await processed.locator(".last").boundingBox();
    const strip = await processed.locator(".ground").boundingBox();
    assert.ok(frame !== null && strip !== null);
    assert.ok(Math.abs(frame.x + frame.width - strip.x - strip.width) < 3);
    await panel.says("unroll-flip .player", "3 not flipped back");
    await panel.countIs("unroll-flip text[text-decoration=line-through]", 1);
    await panel.showMode("Δ");
    await until("The titles of the difference", titles, has(/Δ output/));
    await until("The missing flip", titles, has(/^Δ (ref\.|reference) not flipped/));
    await panel.countIs("unroll-flip text[text-decoration=line-through]", 0);
    await panel.says("unroll-flip .side-sentence", "Δ = ours − reference");
    // Where the reference's h_n is, in each strip of reverse states.
    await panel.countIs("unroll-flip .last.of-reference", 3);
    await panel.countIs("unroll-flip .final-states .of-reference", 1);
    const frames = (): Promise<string[]> =>
      panel
        .locator("unroll-flip path.outside")
        .evaluateAll((paths) => paths.map((path) => path.getAttribute("d") ?? ""));
    await until("What is framed", frames, (paths) => paths.some((path) => path !== ""));
    assert.equal(await panel.locator('.segment[aria-label="Side by side"]').isDisabled(), true);
    await panel.choose("Layer", "0");
    await panel.says("unroll-flip .side-sentence", "does not have the steps of layer 0");
    await panel.showMode("Ours");
    await panel.countIs("unroll-flip .side-sentence", 0);
  });
});
