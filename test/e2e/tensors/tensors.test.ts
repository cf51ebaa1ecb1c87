/** The tensor editor: found in the Explorer, searched, sliced, zoomed, read, counted, exported; kept when files change. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeArchive } from "../../../src/formats/write/write";
import type { Tensor } from "../../../src/tensor/tensor";
import { becomes, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import type { TensorEditor } from "../support/tensorEditor";
import { sharesEditor } from "../support/suite";

const H = 8;
const I = 5;
const LARGE = 2048;
const BAD = { row: 1234, column: 567 };

function tensor(shape: readonly number[], valueAt: (index: number) => number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return {
    shape,
    dtype: "float32",
    data: Float32Array.from({ length: count }, (_, at) => valueAt(at)),
  };
}

/** A GRU whose values tell where they stand, and a tensor of four axes; `shift` makes another state of the file. */
async function write(folder: string, shift = 0): Promise<void> {
  const value = (at: number): number => Math.sin(at + shift) / 4;
  const tensors = {
    "gru.weight_ih_l0": tensor([3 * H, I], value),
    "gru.weight_hh_l0": tensor([3 * H, H], value),
    "gru.bias_ih_l0": tensor([3 * H], value),
    "gru.bias_hh_l0": tensor([3 * H], value),
    states: tensor([2, 3, 4, 6], (at) => at + shift),
  };
  const bytes = await writeArchive("safetensors", new Map(Object.entries(tensors)));
  writeFileSync(join(folder, "gru.safetensors"), bytes);
}

async function prepare(folder: string): Promise<void> {
  await write(folder);
  const large = tensor([LARGE, LARGE], (at) => Math.sin(at / 977) / 3);
  large.data[BAD.row * LARGE + BAD.column] = NaN;
  const bytes = await writeArchive("safetensors", new Map([["large", large]]));
  writeFileSync(join(folder, "large.safetensors"), bytes);
}

describe("the tensor editor", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  sharesEditor(
    { prepare, settings: { "files.simpleDialog.enable": true }, file: "gru.safetensors" },
    (opened) => {
      ({ workbench, panel: editor } = opened);
    },
  );

  /** Answers the question where to save, once it proposes a name: a name typed before would be replaced. */
  async function saveAs(target: string): Promise<void> {
    const extension = target.slice(target.lastIndexOf("."));
    await workbench.quick.holds((name) => name.endsWith(extension));
    await workbench.quick.type(target, { confirm: true });
  }

  it("opens from the Explorer at the first weight of the module", async () => {
    await editor.textIs(".layers-line", `nn.GRU(${I}, ${H})`);
    await editor.says(".module-line", /does not tell: .*batch_first/);
    await editor.textIs(".tensor-name", "gru.weight_ih_l0");
    await editor.says(".tensor-shape", /3·H 24, I 5/);
    await editor.textsAre(".chip-button", "W_ir", "W_iz", "W_in");
    await editor.textIs(".row-title", `nn.GRU(${I}, ${H})`);
    await editor.textsInclude(".row-title", "states");
    await editor.textsInclude(".row-title", "weight_hh_l0");
  });

  it("finds tensors by name and by shape", async () => {
    const search = editor.locator(".tree-search");
    await search.fill("hh_l0");
    await editor.says(".tree-count", "2 found");
    await search.fill("2x3x4x6");
    await editor.says(".tree-count", "1 found");
    await search.press("ArrowDown");
    await editor.locator(".tree-scroll").press("Enter");
    await editor.says(".tensor-name", "states");
    await search.fill("");
    await editor.locator(".row").nth(3).waitFor();
  });

  it("slices along every axis", async () => {
    await editor.show("states");
    const [first, second] = await editor.locator(".held input[type=range]").all();
    await first?.press("ArrowRight");
    await second?.press("End");
    await editor.cursorLineIs("[1, 2, 0, 0] 120");
    await editor.locator(".axes .icon-button").click();
    await editor.stateIs("The slice", ({ slice }) => slice?.index.slice(0, 2).join() === "1,2");
    await editor.press("ArrowDown");
    await editor.cursorLineIs("[1, 2, 0, 1] 121");
    await editor.press("[", "x");
    await editor.cursorLineIs("[0, 2, 0, 1] 49");
  });

  it("tells the stored value under the pointer with its index", async () => {
    await editor.show("weight_hh_l0");
    const [x, y] = await editor.placeOf(9, 3);
    await editor.locator(".heat-plot").hover({ position: { x, y } });
    const value = Math.fround(Math.sin(9 * H + 3) / 4);
    await until(
      "The read-out",
      () => editor.text(".readout"),
      (said) =>
        said.startsWith("[9, 3] · W_hz") && Math.fround(Number(said.split(" ").at(-1))) === value,
    );
    await editor.locator(".heat-plot").click({ position: { x, y } });
    await editor.says(".cursor-index", "[9, 3]");
  });

  it("zooms by wheel, keys and gate block, and goes to an index", async () => {
    await editor.press("0");
    const [x, y] = await editor.placeOf(12, 4);
    await editor.locator(".heat-plot").hover({ position: { x, y } });
    await workbench.page.mouse.wheel(0, -480);
    await editor.stateIs("The zoom", ({ zoom }) => zoom !== null);
    await editor.press("0");
    await editor.stateIs("No zoom", ({ zoom }) => zoom === null);
    await editor.locator(".chip-button").getByText("W_hn", { exact: true }).click();
    await editor.says(".cursor-index", `[${2 * H}, 0]`);
    await editor.stateIs("The zoom on the block", ({ zoom }) => zoom?.y === 2 * H);
    await editor.press("g");
    const field = editor.locator(".go-to");
    await field.fill("99, 0");
    await field.press("Enter");
    await editor.says("#go-to-problem", "Axis 0 has 24 elements");
    await field.fill("5, 6");
    await field.press("Enter");
    await editor.says(".cursor-index", "[5, 6]");
  });

  it("lists exact values in a table with the same cursor", async () => {
    await editor.openTab("Table");
    const cell = editor.locator(".grid-cell.cursor");
    const value = async (): Promise<number> => Math.fround(Number(await cell.textContent()));
    await becomes("The value of the cell", value, Math.fround(Math.sin(5 * H + 6) / 4));
    await editor.locator(".grid-scroll").press("Control+End");
    await editor.stateIs("The cursor", ({ cursor }) => cursor.row === 23);
    await editor.attributeIs(".grid-scroll", "aria-activedescendant", "grid-cell-23-7");
    await editor.openTab("Heatmap");
    await editor.says(".cursor-index", "[23, 7]");
  });

  it("counts, and draws what it counted", async () => {
    const facts = await editor.says("unroll-statistics", "exact, 192 elements");
    assert.match(facts, /min -0\.24\d+ max 0\.24\d+/);
    await until(
      "The bars of the histogram",
      () => editor.locator(".histogram rect").count(),
      (bars) => bars > 10,
    );
    await editor.says("unroll-statistics section:last-child", "spectral radius");
    await editor.locator(".segment").getByText("W_hn", { exact: true }).click();
    await editor.countIs(".eigenvalue", H);
  });

  it("copies values as text and indices as Python", async () => {
    await editor.press("0", "Home");
    await editor.menu("Copy", "Element in Python");
    const read = (): Promise<string> =>
      workbench.page.evaluate(() => navigator.clipboard.readText());
    await until("The clipboard", read, (text) => text === 'state_dict["gru.weight_hh_l0"][23, 0]');
    await editor.press("v");
    await until("The clipboard", read, (text) => text.trim().split("\n").length === 3 * H);
  });

  it("exports to .npy what NumPy would have saved", async () => {
    const target = join(workbench.folder, "out.npy");
    await editor.menu("Export", "NumPy .npy");
    await saveAs(target);
    await becomes("The file", () => existsSync(target), true);
    const bytes = readFileSync(target);
    assert.equal(bytes.subarray(1, 6).toString(), "NUMPY");
    const length = bytes.readUInt16LE(8);
    assert.match(bytes.subarray(10, 10 + length).toString(), /'descr': '<f4'.*\(24, 8\)/);
    const data = bytes.subarray(10 + length);
    assert.equal(data.length, 4 * 24 * 8);
    assert.equal(data.readFloatLE(4 * 77), Math.fround(Math.sin(77) / 4));
  });

  it("exports a module for another framework, and shows the lines that load it", async () => {
    const target = join(workbench.folder, "gru.onnx");
    await workbench.runCommand("Unroll RNN: Export Module…");
    await workbench.quick.isTitled("Framework");
    await workbench.quick.pick("ONNX");
    await workbench.quick.isTitled("Inputs");
    await workbench.quick.pick("The input alone");
    await saveAs(target);
    await becomes("The file", () => existsSync(target), true);
    const bytes = readFileSync(target).toString("latin1");
    for (const part of ["GRU", "linear_before_reset", "layer0.W"]) assert.ok(bytes.includes(part));
    const lines = workbench.page.locator(".editor-instance .view-lines").first();
    const read = async (): Promise<string> => (await lines.textContent()) ?? "";
    await until("The lines", read, (text) => text.includes("onnxruntime"));
    await workbench.runCommand("View: Revert and Close Editor");
  });

  it("exports pictures", async () => {
    for (const [format, start] of [
      ["SVG", "<svg "],
      ["PNG", "\u0089PNG"],
    ] as const) {
      const target = join(workbench.folder, `picture.${format.toLowerCase()}`);
      await editor.menu("Export", format);
      await saveAs(target);
      await becomes("The file", () => existsSync(target), true);
      assert.equal(readFileSync(target).subarray(0, start.length).toString("latin1"), start);
    }
  });

  it("keeps slice, zoom, cursor and range when the file changes and when another tensor is chosen", async () => {
    await editor.press("r");
    await editor.press("g");
    await editor.locator(".go-to").fill("20, 3");
    await editor.locator(".go-to").press("Enter");
    await editor.press("+", "+");
    await editor.says(".cursor-index", "[20, 3]");
    const before = await editor.stateIs("The zoom", ({ zoom }) => zoom !== null);
    await write(workbench.folder, 1);
    const isNew = ({ summary }: typeof before): boolean =>
      (summary?.revision ?? 0) > (before.summary?.revision ?? 0);
    const after = await editor.stateIs("The file read again", isNew);
    assert.deepEqual(
      [after.zoom, after.cursor, after.slice, after.colours.range],
      [before.zoom, before.cursor, before.slice, before.colours.range],
    );
    await until(
      "The new value",
      () => editor.cursorLine(),
      (line) =>
        Math.fround(Number(line.split(" ").at(-1))) === Math.fround(Math.sin(20 * H + 3 + 1) / 4),
    );
    await editor.show("weight_ih_l0");
    const other = await editor.stateIs("The zoom", ({ zoom }) => zoom !== null);
    assert.deepEqual([other.cursor, other.colours.range], [before.cursor, before.colours.range]);
  });

  it("shows one NaN of four million at every zoom, and finds it", async () => {
    await workbench.closeEditors();
    await editor.inspect("large.safetensors");
    await editor.says(".heat-foot", /each cell is \d+ × \d+ values/);
    await editor.says(".irregular", "NaN");
    const inks = async (): Promise<readonly [there: number, elsewhere: number]> => {
      const [x, y] = await editor.placeOf(BAD.row, BAD.column);
      return [await editor.inkAround(x, y, 9), await editor.inkAround(x + 60, y + 60, 9)];
    };
    await until("Pixels of ink", inks, ([there, elsewhere]) => there > elsewhere + 20);
    await editor.press("n");
    await editor.cursorLineIs(`[${BAD.row}, ${BAD.column}] NaN`);
    await editor.press("-", "-", "-");
    await editor.drawn();
    await editor.says(".irregular", "NaN");
  });

  it("lists its keys", async () => {
    await editor.press("?");
    await editor.says(".help", "go to an index or a gate block");
    await workbench.page.keyboard.press("Escape");
    await editor.locator(".help").waitFor({ state: "detached" });
  });
});
