/** The picture at every scale: zoom over units, overview, range of the colours, and the computation as it is played. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { becomes, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const UNITS = 512;
const LANE = "layer0.forward";

async function prepare(folder: string): Promise<void> {
  const config = { inputSize: 4, hiddenSize: UNITS, bidirectional: true };
  await writeTensors(folder, "wide.safetensors", weightsOf(config));
  await writeTensors(folder, "x.npz", { x: random([300, 1, 4]) });
  const run = { weights: { file: "wide.safetensors" }, input: "x.npz" };
  writeFileSync(join(folder, "wide.unroll.json"), JSON.stringify(run));
}

/** Playing is motion. */
const SETTINGS = { "unroll.reference.default": "none", "workbench.reduceMotion": "auto" };

describe("the picture at every scale", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ prepare, run: "wide.unroll.json", settings: SETTINGS }, (opened) => {
    ({ workbench, panel } = opened);
  });

  const laneHeight = async (): Promise<number> => {
    const { boxes } = await panel.layout();
    return boxes.find(({ info }) => info.id === LANE)?.height ?? 0;
  };
  const scrollTop = (): Promise<number> =>
    panel.locator(".unrolled-scroll").evaluate((scroller) => scroller.scrollTop);

  it("gives a lane the whole height by its name, and shows all of them again", async () => {
    const before = await laneHeight();
    const label = panel.locator(".lane-label").getByText("layer 0 →", { exact: true });
    await label.click();
    await until("The height of the lane", laneHeight, (height) => height > 2 * before);
    await panel.countIs(".overview", 1);
    await panel.press("e");
    await becomes("The height of the lane", laneHeight, before);
    await panel.countIs(".overview", 0);
  });

  it("zooms over units by keys until single units have numbers, around the cursor", async () => {
    const whole = await panel.picture();
    await panel.press(...Array.from({ length: 20 }, () => "Shift+ArrowUp"));
    await until("Rows for numbers", laneHeight, (height) => height / UNITS > 30);
    await panel.pictureDiffers("The zoomed picture", whole);
    await panel.press(...Array.from({ length: 30 }, () => "ArrowDown"));
    await panel.cursorIs("unit 30");
    await until("The scrolled lane", scrollTop, (top) => top > 0);
    await panel.press("0");
    await becomes("The picture as it was", () => panel.picture(), whole);
  });

  it("zooms over units by the wheel with Alt, and keeps what is under the pointer", async () => {
    const { boxes, plotLeft, plotWidth } = await panel.layout();
    const box = boxes.find(({ info }) => info.id === "layer0.reverse");
    assert.ok(box);
    const place = { x: plotLeft + plotWidth / 2, y: box.top + box.height / 2 };
    const title = (): Promise<string> => panel.text(".readout-title");
    await panel.locator(".unrolled-scroll").hover({ position: place });
    const unitOf = (text: string): number => Number(/unit (\d+)/.exec(text)?.[1]);
    const before = unitOf(await until("The unit", title, (text) => text.includes("unit")));
    const start = await laneHeight();
    await workbench.page.keyboard.down("Alt");
    await workbench.page.mouse.wheel(0, -600);
    await workbench.page.keyboard.up("Alt");
    await until("The height of the lane", laneHeight, (height) => height > 3 * start);
    await panel.locator(".unrolled-scroll").hover({ position: { x: place.x + 6, y: place.y } });
    await until("The unit under the pointer", title, (text) => Math.abs(unitOf(text) - before) < 8);
    // Alt alone gives the keyboard to the editor's menu: the next key is typed to whoever has it.
    await workbench.page.keyboard.press("?");
    await panel.locator("dialog.help").press("Escape");
    await panel.locator("dialog.help").waitFor({ state: "detached" });
  });

  it("moves the part on screen in the overview", async () => {
    const before = await scrollTop();
    await panel.locator(".overview").click({ position: { x: 60, y: 44 } });
    await until("The place on screen", scrollTop, (top) => top !== before);
    await panel.press("0");
    await panel.countIs(".overview", 0);
  });

  it("zooms over time by a pinch of a touchpad, over units by one beside the steps", async () => {
    const { boxes, plotLeft, plotWidth, columnWidth, finalLeft } = await panel.layout();
    const box = boxes.find(({ info }) => info.id === LANE);
    assert.ok(box);
    const y = box.top + box.height / 2;
    const start = box.height;
    // A browser tells a pinch of a touchpad as a turn of the wheel with Ctrl.
    const pinch = async (x: number, pixels: number): Promise<void> => {
      await panel.locator(".unrolled-scroll").hover({ position: { x, y } });
      await workbench.page.keyboard.down("Control");
      await workbench.page.mouse.wheel(0, pixels);
      await workbench.page.keyboard.up("Control");
    };
    const stepWidth = async (): Promise<number> => (await panel.layout()).columnWidth;
    await pinch(plotLeft + plotWidth / 2, -300);
    await until("Wider steps", stepWidth, (width) => width > 1.5 * columnWidth);
    assert.ok((await laneHeight()) <= start, "units stay, below an overview of the steps");
    await pinch(plotLeft + plotWidth / 2, 900);
    await until("Steps as before", stepWidth, (width) => Math.abs(width - columnWidth) < 1e-6);
    await pinch(finalLeft - 12, -300);
    await until("Higher lanes", laneHeight, (height) => height > 1.5 * start);
    assert.equal(await stepWidth(), columnWidth);
    await panel.press("0");
    await becomes("The height of the lane", laneHeight, start);
  });

  it("has the range of the colours dragged in the legend, and a logarithmic one", async () => {
    const before = await panel.picture();
    const handle = panel.locator(".range-handle[role=slider]");
    const limit = async (): Promise<number> => Number(await handle.getAttribute("aria-valuenow"));
    const auto = await limit();
    const box = await handle.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await workbench.page.mouse.move(x, y);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(x - 30, y, { steps: 4 });
    await workbench.page.mouse.up();
    await until("A narrower range", limit, (now) => now < auto);
    await panel.says(".range-switch", "chosen");
    const dragged = await limit();
    await handle.press("ArrowRight");
    await until("A wider range", limit, (now) => now > dragged);
    await handle.press("ArrowLeft");
    await until("The range as dragged", limit, (now) => Math.abs(now / dragged - 1) < 0.02);
    const narrow = await panel.pictureDiffers("The picture with values beyond the range", before);
    await panel.toggle(".curve-switch", true);
    await panel.pictureDiffers("The logarithmic picture", narrow);
    await panel.toggle(".curve-switch", false);
    await panel.locator(".range-switch").click();
    await becomes("The picture as it was", () => panel.picture(), before);
  });

  it("plays the computation in its order, can be scrubbed, and ends with the whole run", async () => {
    await panel.press(" ");
    await panel.says(".play-phase", "layer 0 →");
    await panel.press(" ");
    const seek = (clock: number): Promise<void> =>
      panel.locator(".play-slider").evaluate((slider: HTMLInputElement, value) => {
        slider.value = String(value);
        slider.dispatchEvent(new Event("input"));
      }, clock);
    await seek(1.5);
    await panel.says(".play-phase", "flip x");
    await seek(2.999);
    await panel.says(".play-phase", "over the flipped input");
    await panel.cursorIs("layer 0 ← · t = 0");
    await seek(3.5);
    await panel.says(".play-phase", "flip the states back");
    await seek(4.5);
    await panel.says(".play-phase", "concat");
    await panel.locator(".play-bar .icon-button").click();
    await panel.countIs(".play-bar", 0);
    // Of a part of the run the reverse half is shown in time's order; played on, it ends by itself.
    await panel.press("Home", "+", "+", " ", " ");
    await panel.choose("Speed", "4×");
    await seek(2.5);
    await panel.says(".play-phase", "over the flipped input");
    await seek(4.5);
    await panel.press(" ");
    await panel.countIs(".play-bar", 0);
    await panel.press("0", "Home");
  });

  it("lists the terms of a wide sum by pages, and leads from one to the input and to h0", async () => {
    const link = (text: RegExp): Promise<void> =>
      panel.locator(".side .link").getByText(text).click();
    const operand = async (index: number): Promise<void> => {
      await panel.locator(".terms .operand").nth(index).click();
    };
    await panel.press("PageDown");
    await panel.cursorIs("layer 0 → · t = 0");
    await link(/^\s*show all \d+ terms/);
    await panel.countIs(".terms tbody tr", 200);
    await link(/^\s*show 200 more of \d+/);
    await panel.countIs(".terms tbody tr", 400);
    await operand(1);
    await panel.says(".side h3", "Input · t = 0 · batch 0 · feature 1");
    await panel.says(".side", "read from x.npz");
    const value = random([300, 1, 4]).data[1];
    await until(
      "The value",
      async () => Math.fround(Number(await panel.text(".side .formula strong"))),
      (found) => found === value,
    );
    await link(/back to the unit/);
    await operand(20);
    await panel.says(".side", "no h0 was given, so it is zeros");
    await link(/back to the unit/);
    await panel.says(".formula", "tanh");
  });

  it("gives the numbers of a lane by pages, and copies the one on screen", async () => {
    await panel.openTab("Table");
    await panel.locator('vscode-button[aria-label="Later steps"]').click();
    await panel.says(".pager >> nth=0", "t = 30 … 59 of 300");
    await panel.locator('vscode-button[aria-label="Higher units"]').click();
    await panel.says(".pager >> nth=1", `units 40 … 79 of ${UNITS}`);
    const cell = panel.locator(".values tbody tr").nth(2).locator("td").nth(1);
    const shown = await until(
      "The value",
      async () => Number(await cell.textContent()),
      (value) => Number.isFinite(value) && value !== 0,
    );
    await panel.locator("unroll-table unroll-copy .link").click();
    await panel.textsInclude("unroll-table .copied", "✓ copied");
    const copied = await workbench.page.evaluate(() => navigator.clipboard.readText());
    const lines = copied
      .trim()
      .split("\n")
      .map((line) => line.split("\t"));
    const [head = [], , , row = []] = lines;
    assert.deepEqual([lines.length, head.length], [41, 31]);
    assert.deepEqual(head.slice(0, 2), ["unit", "t=30"]);
    assert.equal(row[0], "42");
    assert.ok(Math.abs(Number(row[2]) - shown) < 1e-3);
    await cell.click();
    await panel.cursorIs("layer 0 → · t = 31 · batch 0 · unit 42");
    await panel.countIs("td.cursor", 1);
    await panel.openTab("Unrolled");
  });

  it("fits flip & concat of all units into the panel, and says how many there are", async () => {
    await panel.openTab("Flip & concat");
    await panel.says("unroll-flip .dim", `All ${UNITS} units in`);
    const { stage, picture } = await panel.locator("unroll-flip").evaluate((view) => ({
      stage: view.closest(".stage")?.clientHeight ?? 0,
      picture: view.querySelector("svg")?.getBoundingClientRect().height ?? Infinity,
    }));
    assert.ok(picture < stage, `${picture} of ${stage} pixels`);
  });

  it("walks through flip & concat by keys, and goes to what is clicked", async () => {
    const picture = panel.locator("unroll-flip .picture");
    const step = (): Promise<string | null> => picture.getAttribute("aria-valuenow");
    for (const [key, expected] of [
      ["End", 299],
      ["ArrowLeft", 298],
      ["Home", 0],
      ["ArrowRight", 1],
    ] as const) {
      await picture.press(key);
      await becomes(`The step after ${key}`, step, String(expected));
    }
    await panel.cursorIs("t = 1");
    const column = panel
      .locator('unroll-flip g:has(> text.title:has-text("forward states")) image.dense')
      .nth(4);
    await column.hover();
    await panel.says(".readout", "· t 4 ·");
    const box = await column.boundingBox();
    assert.ok(box);
    await column.click({ position: { x: box.width / 2, y: box.height - 2 } });
    const there = await panel.cursorIs("layer 0 → · t = 4");
    assert.ok(Number(/unit (\d+)/.exec(there)?.[1]) > 0.9 * UNITS, there);
  });

  it("plays the last phase of flip & concat to the picture as it was", async () => {
    const drawn = (): Promise<string> => panel.locator("unroll-flip .picture svg").innerHTML();
    // What the pointer is over has a mark.
    await panel.locator("unroll-flip h2").hover();
    await panel.countIs(".readout", 0);
    await panel.settle();
    const whole = await drawn();
    await panel.locator(".phase").nth(2).click();
    await until("The picture without the output", drawn, (now) => now !== whole);
    await panel.locator("unroll-flip .player vscode-button").click();
    await panel.textIs(".phase[aria-current=step]", "4 concat");
    await becomes("The picture", drawn, whole);
  });

  it("exports flip & concat as it is on screen", async () => {
    await panel.openTab("Flip & concat");
    await panel.menu("Export", "SVG");
    const file = join(workbench.folder, "flip.svg");
    await workbench.quick.holds((name) => name.endsWith(".svg"));
    await workbench.quick.type(file, { confirm: true });
    const svg = await until(
      "The picture",
      () => (existsSync(file) ? readFileSync(file, "utf8") : ""),
      (content) => content.includes("</svg>"),
    );
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    for (const heading of ["flip(x)", "reverse states, as processed", "flipped back"]) {
      assert.ok(texts.includes(heading), `${heading} in ${texts.join(" | ")}`);
    }
    // One image of colours for each strip: numbers have no room.
    assert.ok((svg.match(/<image/g) ?? []).length >= 6);
    await panel.textsInclude("unroll-toolbar [role=status]", "saved as flip.svg");
    await panel.menu("Export", "PNG");
    const png = join(workbench.folder, "flip.png");
    await workbench.quick.holds((name) => name.endsWith(".png"));
    await workbench.quick.type(png, { confirm: true });
    await panel.textsInclude("unroll-toolbar [role=status]", "saved as flip.png");
    const bytes = readFileSync(png);
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    const [, width = ""] = /^<svg [^>]*?width="(\d+)"/.exec(svg) ?? [];
    assert.equal(bytes.readUInt32BE(16), 2 * Number(width));
  });
});
