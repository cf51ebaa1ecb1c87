/** Text out of files in a real VS Code: on no surface does it become a link, an icon or an element. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { writeArchive } from "../../src/formats/write/write";
import { until } from "../harness/poll";
import type { Workbench } from "../harness/workbench";
import { sharesWindow } from "./support/suite";
import { TensorEditor } from "./support/tensorEditor";

const HOSTILE = "test/fixtures/field/hostile";
const FILES = ["evil.unroll.json", "evil.safetensors", "names.safetensors"];
/** What the run file and the tensor of the fixtures are called. */
const LABEL = "[Click here to repair the file]";
/** The longest name that a file may have; its end says the most. */
const LONG_FILE = `${"checkpoint-".repeat(20)}.npz`;
const LONG_NAME = `<b>${"encoder.".repeat(150)}weight_hh_l0`;
const ICON_FILE = "$(bug) $(sync~spin) [a](command:b).safetensors";

async function prepare(folder: string): Promise<void> {
  for (const file of FILES) cpSync(join(HOSTILE, file), join(folder, file));
  cpSync("examples/gru-packed/weights.safetensors", join(folder, ICON_FILE));
  cpSync("examples/gru-packed/batch.npz", join(folder, LONG_FILE));
  const tensor = { shape: [2, 3], dtype: "float32", data: new Float32Array(6) } as const;
  const named = await writeArchive("safetensors", new Map([[LONG_NAME, tensor]]));
  writeFileSync(join(folder, "long.safetensors"), named);
  writeFileSync(
    join(folder, "evilWeights.unroll.json"),
    JSON.stringify({ weights: "evil.safetensors", input: "input.npy" }),
  );
  writeFileSync(
    join(folder, "address.unroll.json"),
    JSON.stringify("[a](https://evil.example) file:///etc/passwd"),
  );
}

describe("text out of files", () => {
  let workbench: Workbench;

  sharesWindow({ folder: "examples/differs", prepare, closesEditors: true }, (opened) => {
    workbench = opened;
  });

  /** Asserts that a part of the window shows the label, with no link for it anywhere within. */
  async function assertPlain(part: Locator): Promise<void> {
    await part.getByText(LABEL).first().waitFor();
    assert.ok(((await part.textContent()) ?? "").includes("command:workbench.action.terminal.new"));
    assert.equal(await part.getByRole("link").filter({ hasText: "Click here" }).count(), 0);
    assert.equal(await part.locator("a[href*='command:'], a[data-href*='command:']").count(), 0);
  }

  async function openRun(file: string): Promise<void> {
    await workbench.openFile(file);
    await workbench.runCommand("Unroll RNN: Open Run");
  }

  it("is no link in a notification", async () => {
    await openRun("evil.unroll.json");
    await assertPlain(await workbench.notification("Click here"));
    await workbench.runCommand("Notifications: Clear All Notifications");
    await workbench.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  });

  it("is no link in the Problems panel, nor in the hover over its place", async () => {
    await workbench.openFile("evil.unroll.json");
    await workbench.runCommand("Problems: Focus on Problems View");
    const rows = workbench.page.locator(".markers-panel-container .monaco-list-row");
    await assertPlain(rows.filter({ hasText: "Click here" }).first());
    await workbench.page.locator(".editor-instance .view-line").first().click();
    await workbench.runCommand("Show or Focus Hover");
    const hover = workbench.page.locator(".monaco-hover:visible").filter({ hasText: "Expected" });
    await assertPlain(hover.first());
    await workbench.page.keyboard.press("Escape");
  });

  it("is no icon in a quick pick", async () => {
    await workbench.runCommand("Unroll RNN: Open Tensors");
    await workbench.quick.offers((found) => found.some((label) => label.includes(ICON_FILE)));
    const list = workbench.page.locator(".quick-input-widget:visible .quick-input-list");
    assert.equal(await list.locator(".codicon-bug, .codicon-sync").count(), 0);
    await workbench.page.keyboard.press("Escape");
  });

  it("shows its control characters in the tensor editor, and makes no elements", async () => {
    await workbench.openFile("names.safetensors");
    const frame = await workbench.webviewFrame("unroll-tensors");
    const tree = frame.locator("[role=tree]");
    await tree
      .getByText(String.raw`w\u{202e}gnp.exe`)
      .first()
      .waitFor();
    await tree.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    assert.equal(await frame.locator("img").count(), 0);
    assert.equal(await frame.locator("a[href]").count(), 0);
    assert.doesNotMatch((await tree.textContent()) ?? "", /(?!\s)\p{Cc}|\p{Cf}/u);
    // Names of any length leave the shapes beside them whole.
    const cut = await tree
      .locator(".row-shape")
      .evaluateAll((shapes) => shapes.filter((each) => each.scrollWidth > each.clientWidth).length);
    assert.equal(cut, 0);
  });

  it("keeps the end of a long name in the heading and in a picture of the tensor", async () => {
    const editor = new TensorEditor(workbench);
    await editor.inspect("long.safetensors");
    await editor.says(".tensor-name", /^<b>encoder\..*….*weight_hh_l0$/);
    const cut = await editor
      .locator(".tensor-name")
      .evaluate((name) => name.scrollHeight - name.clientHeight);
    assert.equal(cut, 0);
    await editor.menu("Export", "SVG");
    const picture = join(workbench.folder, "picture.svg");
    await workbench.quick.holds((value) => value.endsWith(".svg"));
    await workbench.quick.type(picture, { confirm: true });
    const svg = await until(
      "The picture",
      () => (existsSync(picture) ? readFileSync(picture, "utf8") : ""),
      (content) => content.includes("</svg>"),
    );
    assert.match(svg, />&lt;b&gt;enc[^<]*…[^<]*weight_hh_l0 {2}\[H 2, H 3\] {2}float32<\/text>/);
    const marks = new Set([...svg.matchAll(/<([a-z]+)/gi)].map(([, name]) => name));
    assert.ok(!marks.has("b") && !marks.has("script"), [...marks].join());
  });

  it("leaves room for a tensor's name behind the name of its file", async () => {
    await workbench.explorerMenu("weights.pt", "Run Forward…");
    await workbench.quick.isTitled("input");
    await workbench.quick.offers((labels) =>
      labels.some((label) => /^checkpoint-.*…int-\.npz › x$/.test(label)),
    );
    await workbench.page.keyboard.press("Escape");
  });

  it("is no link in a panel", async () => {
    await openRun("evilWeights.unroll.json");
    const frame = await workbench.webviewFrame(".problem");
    await assertPlain(frame.locator(".problem"));
  });

  it("has no addresses in the log", async () => {
    await openRun("address.unroll.json");
    await workbench.notification("evil.example");
    await workbench.runCommand("Unroll RNN: Show Log");
    const log = workbench.page.locator(".part.panel .view-lines");
    const shown = await until(
      "The log",
      async () => ((await log.first().textContent()) ?? "").replaceAll("\u00a0", " "),
      (content) => content.includes("evil.example"),
    );
    assert.match(shown, /https: \/\/evil\.example.*file: \/\/\/etc\/passwd/s);
  });
});
