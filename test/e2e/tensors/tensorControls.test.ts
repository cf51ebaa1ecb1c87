/** The controls of the tensor editor: colours and their range, slices, zoom, statistics, and the list of tensors. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concat, safetensorsHeader } from "../../../src/formats/write/encode";
import { encodeFloats } from "../../../src/tensor/dtype";
import { becomes, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import type { TensorEditor } from "../support/tensorEditor";
import { sharesEditor } from "../support/suite";

const FILE = "controls.safetensors";
const H = 8;
const I = 5;
/** More values than pixels and than a picture has rectangles for. */
const WIDE = { rows: 1200, columns: 1500 };
const PARTS = ["Re", "Im", "|z|", "∠"];

interface Written {
  readonly dtype?: "complex64";
  readonly shape: readonly number[];
  readonly valueAt: (at: number) => number;
}

/** A module, and tensors in a group beside it. */
const tensors: Readonly<Record<string, Written>> = {
  "extra.waves": { dtype: "complex64", shape: [3, 4], valueAt: (at) => Math.cos(at * at) },
  "extra.states": { shape: [2, 3, 4, 6], valueAt: (at) => at },
  "extra.wide": { shape: [WIDE.rows, WIDE.columns], valueAt: (at) => (at % 1009) / 10 },
  "gru.weight_ih_l0": { shape: [3 * H, I], valueAt: Math.sin },
  "gru.weight_hh_l0": { shape: [3 * H, H], valueAt: Math.sin },
  "gru.bias_ih_l0": { shape: [3 * H], valueAt: Math.sin },
  "gru.bias_hh_l0": { shape: [3 * H], valueAt: Math.sin },
};

function prepare(folder: string): void {
  const all = Object.entries(tensors).map(([name, { dtype, shape, valueAt }]) => {
    const count = shape.reduce((product, size) => product * size, dtype === undefined ? 1 : 2);
    const data = Float32Array.from({ length: count }, (_, at) => valueAt(at));
    return { name, dtype: dtype ?? ("float32" as const), shape, data };
  });
  const bytes = concat([safetensorsHeader(all), ...all.map(({ data }) => encodeFloats(data))]);
  writeFileSync(join(folder, FILE), bytes);
}

describe("the controls of the tensor editor", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  sharesEditor({ prepare, file: FILE }, (opened) => {
    ({ workbench, panel: editor } = opened);
  });

  const pixels = (canvas: string): Promise<string> =>
    editor.locator(canvas).evaluate((element: HTMLCanvasElement) => element.toDataURL());
  const range = async (): Promise<readonly [low: number, high: number]> => {
    const [low = NaN, high = NaN] = await Promise.all(
      (await editor.locator(".range-end").all()).map(async (field) =>
        Number(await field.inputValue()),
      ),
    );
    return [low, high];
  };

  /** Presses the pointer at a share of an element's width, and releases it at another one. */
  async function drag(selector: string, from: number, to: number): Promise<void> {
    const box = await editor.locator(selector).boundingBox();
    assert.ok(box);
    const y = box.y + box.height / 2;
    await workbench.page.mouse.move(box.x + from * box.width, y);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + to * box.width, y, { steps: 3 });
    await workbench.page.mouse.up();
  }

  it("walks the list by keys, folds its groups, and begins a search by a letter", async () => {
    const tree = editor.locator(".tree-scroll");
    const rows = (): Promise<string[]> => editor.texts(".row-title");
    await tree.press("Home");
    await editor.textIs(".row-focused .row-title", `nn.GRU(${I}, ${H})`);
    const all = await rows();
    await tree.press("ArrowLeft");
    await until("The rows", rows, ({ length }) => length === all.length - 4);
    await tree.press("ArrowRight");
    await becomes("The rows", rows, all);
    await tree.press("ArrowDown");
    const second = await until(
      "The second row",
      () => editor.text(".row-focused .row-title"),
      (title) => title !== all[0],
    );
    // What the keys rest on is shown, and said to be chosen.
    await editor.says(".tensor-name", second);
    await editor.textIs(".row-chosen .row-title", second);
    await tree.press("w");
    await tree.page().keyboard.type("av");
    await editor.says(".tree-count", "1 found");
    await editor.locator(".tree-search").press("Enter");
    await editor.says(".tensor-name", "extra.waves");
    await editor.locator(".tree-search").fill("");
    await becomes("The rows", rows, all);
    await editor.locator(".row-group").click();
    await until("The rows", rows, (titles) => titles.includes("waves"));
  });

  it("makes the list wider by keys and by the pointer, hides it, and opens it for a search", async () => {
    const divider = editor.locator(".divider");
    const width = async (): Promise<number> => Number(await divider.getAttribute("aria-valuenow"));
    const usual = await width();
    await divider.press("ArrowRight");
    await becomes("The width", width, usual + 16);
    const box = await divider.boundingBox();
    assert.ok(box);
    await workbench.page.mouse.move(box.x + box.width / 2, box.y + 40);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + 60, box.y + 40, { steps: 3 });
    await workbench.page.mouse.up();
    await until("The width", width, (now) => now > usual + 50);
    const pane = await editor.locator(".tree-pane").boundingBox();
    assert.ok(Math.abs((pane?.width ?? 0) - (await width())) < 8);
    await divider.dblclick();
    await becomes("The width", width, usual);
    await editor.locator(".toolbar .icon-button").first().click();
    await editor.countIs(".tree-pane", 0);
    await editor.press("/");
    await editor.locator(".tree-search:focus").waitFor();
    await editor.press("d");
    await editor.countIs(".tree-pane", 0);
    await editor.press("d");
  });

  it("shows each part of complex numbers", async () => {
    await editor.show("waves");
    await editor.textsAre(".slice-bar .segment", ...PARTS);
    const pictures = new Set<string>();
    for (const part of PARTS) {
      const segment = editor.locator(".slice-bar .segment").getByText(part, { exact: true });
      await segment.click();
      await editor.textIs(".slice-bar .segment[aria-pressed=true]", part);
      await editor.drawn();
      pictures.add(await pixels(".heat-cells"));
    }
    assert.equal(pictures.size, PARTS.length);
  });

  it("lays out other axes, holds the rest within their sizes, and counts a slice alone", async () => {
    await editor.show("states");
    await editor.choose("rows", "axis 0");
    await editor.textsAre(".held .field-name", "axis 1", "axis 2");
    const held = editor.locator(".held input[type=number]").first();
    for (const typed of ["2", "99", "0.5"]) {
      await held.fill(typed);
      await held.press("Enter");
      await editor.stateIs("The slice", ({ slice }) => slice?.index[1] === 2);
      await becomes(`The field after ${typed}`, () => held.inputValue(), "2");
    }
    await editor.cursorLineIs("[0, 2, 0, 0] 48");
    await editor.says("unroll-statistics", "exact, 144 elements");
    await editor.locator(".statistics-head .segment").getByText("slice").click();
    await editor.says("unroll-statistics", "exact, 12 elements");
    await editor.says("unroll-statistics .facts", "max 125");
    await editor.locator(".statistics-head .segment").getByText("tensor").click();
    await editor.says("unroll-statistics", "exact, 144 elements");
  });

  it("has the range of the colours dragged over the histogram, typed, and refused", async () => {
    const histogram = editor.locator(".histogram");
    await histogram.hover();
    await editor.says(".histogram-hover", /^7\d.* … 7\d.*: \d/);
    await drag(".histogram", 0.25, 0.75);
    await until("The range", range, ([low, high]) => Math.abs(low - 35.75) < 3 && high - low > 60);
    await editor.says(".scale-ticks .number", /^3\d/);
    const before = await range();
    const [low, high] = [editor.locator(".range-end").first(), editor.locator(".range-end").last()];
    await low.fill("200");
    await low.press("Enter");
    await editor.locator(".range-end[aria-invalid=true]").first().waitFor();
    await editor.stateIs("The range", ({ colours }) => colours.range.low === before[0]);
    await high.fill("1e3");
    await high.press("Enter");
    await editor.textsAre(".scale-ticks .number", "200", "1000");
    await editor.locator(".range-end[aria-invalid=false]").first().waitFor();
    await editor.choose("range", "1 – 99 %");
    await editor.countIs(".range-end", 0);
    await editor.says(".scale-ticks .number", /^1\.\d/);
    await editor.choose("range", "typed");
    await until("The range", range, ([from, to]) => from > 1 && from < 2 && to < 143);
    await editor.choose("range", "min – max");
    await editor.textsAre(".scale-ticks .number", "0", "143");
    const bars = (): Promise<string> => histogram.innerHTML();
    const linear = await bars();
    await editor.locator(".statistics-head .link").click();
    await editor.textIs(".statistics-head .link", "log counts");
    await editor.locator(".statistics-head .link").click();
    await becomes("The bars", bars, linear);
  });

  it("has another scale, colours and what a cell of many values shows", async () => {
    await editor.show("wide");
    await editor.says(".heat-foot", /each cell is \d × \d values: their mean/);
    const [mean, linear] = [await pixels(".heat-cells"), await pixels(".legend-bar")];
    await editor.choose("cells", "extreme");
    await editor.says(".heat-foot", /each cell is \d × \d values: the one of largest magnitude/);
    await editor.drawn();
    assert.notEqual(await pixels(".heat-cells"), mean);
    await editor.choose("scale", "log");
    await editor.countIs(".scale-ticks .number", 5);
    await editor.choose("scale", "linear");
    await editor.countIs(".scale-ticks .number", 2);
    await editor.choose("Colours", "magma");
    await until(
      "The legend",
      () => pixels(".legend-bar"),
      (now) => now !== linear,
    );
  });

  it("zooms by buttons, and is scrolled by its bars", async () => {
    const button = (name: string): Promise<void> =>
      editor.locator(`.heat-tools [aria-label="${name}"]`).click();
    await button("One value a pixel");
    await editor.stateIs("The zoom", ({ zoom }) => zoom?.cellWidth === 1 && zoom.x === 0);
    await drag(".scrollbar-across", 0.1, 0.9);
    const { zoom: scrolled } = await editor.stateIs("The place", ({ zoom }) => (zoom?.x ?? 0) > 0);
    await drag(".scrollbar-across", 0.9, 0.1);
    await editor.stateIs("The place", ({ zoom }) => (zoom?.x ?? 0) < (scrolled?.x ?? 0));
    await button("Zoom in");
    await editor.stateIs("The zoom", ({ zoom }) => (zoom?.cellWidth ?? 0) > 1);
    await button("Zoom out");
    await editor.stateIs("The zoom", ({ zoom }) => Math.abs((zoom?.cellWidth ?? 0) - 1) < 1e-9);
    await button("Whole slice");
    await editor.stateIs("No zoom", ({ zoom }) => zoom === null);
    await editor.countIs(".scrollbar", 0);
    const field = editor.locator(".go-to");
    await field.fill("5000, 0");
    await field.press("Enter");
    await editor.says("#go-to-problem", `Axis 0 has ${WIDE.rows} elements`);
    await field.fill("");
    await field.press("Enter");
    await editor.countIs("#go-to-problem", 0);
  });

  it("draws more cells than rectangles as an image in the picture that is exported", async () => {
    await editor.drawn();
    await editor.menu("Export", "SVG");
    const target = join(workbench.folder, "wide.svg");
    await workbench.quick.holds((name) => name.endsWith(".svg"));
    await workbench.quick.type(target, { confirm: true });
    const svg = await until(
      "The picture",
      () => (existsSync(target) ? readFileSync(target, "utf8") : ""),
      (content) => content.includes("</svg>"),
    );
    assert.match(svg, /<image [^>]*href="data:image\/png;base64,[A-Za-z0-9+/]{1000}/);
    assert.ok((svg.match(/<rect/g) ?? []).length < 100);
  });

  it("names the gates by the layout that is chosen, along columns as well", async () => {
    await editor.show("weight_hh_l0");
    await editor.textsAre(".chip-button", "W_hr", "W_hz", "W_hn");
    const rows = await pixels(".heat-cells");
    await editor.press("x");
    await editor.drawn();
    assert.notEqual(await pixels(".heat-cells"), rows);
    await editor.locator(".chip-button").getByText("W_hz", { exact: true }).click();
    await editor.says(".cursor-index", `[${H}, 0]`);
    const layouts = await editor.texts('vscode-dropdown[aria-label="gate layout"] vscode-option');
    await editor.choose("gate layout", layouts[1] ?? "");
    await until(
      "The gates",
      () => editor.texts(".chip-button"),
      ([first]) => first !== "W_hr",
    );
  });
});
