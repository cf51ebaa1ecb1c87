/**
 * The gallery: every view in every theme at three sizes; run by scripts/gallery.mjs.
 *
 * UNROLL_GALLERY names views, separated by commas, that are taken; the others stay as they are. UNROLL_GALLERY_OUT is
 * another folder.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { themes, type Theme } from "../harness/themes";
import { openWorkbench } from "../harness/windows";
import type { Workbench } from "../harness/workbench";
import { random, weightsOf, writeTensors } from "./support/largeFiles";
import { Panel } from "./support/panel";
import { TensorEditor } from "./support/tensorEditor";

const FOLDER = process.env["UNROLL_GALLERY_OUT"] ?? "docs/gallery";
const SIZES = [
  { width: 1400, height: 900 },
  { width: 900, height: 700 },
  { width: 420, height: 860 },
] as const;
/** Of a WebP image: text stays sharp, and all of the gallery is a few megabytes. */
const QUALITY = 0.3;
const SETTINGS = {
  "workbench.activityBar.location": "hidden",
  "workbench.statusBar.visible": false,
  "window.commandCenter": false,
  "window.title": "${activeEditorShort}",
};

interface Shot {
  readonly name: string;
  readonly run: string;
  readonly tab?: string;
  readonly mode?: string;
  readonly keys?: readonly string[];
}

const example = (name: string): string => `${name}/${name}.unroll.json`;

const SHOTS: readonly Shot[] = [
  { name: "unrolled", run: example("lstm-two-directions"), mode: "Ours" },
  { name: "difference", run: example("differs"), mode: "Δ" },
  { name: "side-by-side", run: example("differs"), mode: "Side by side" },
  { name: "small", run: example("one-direction-one-layer"), mode: "Ours" },
  { name: "large", run: "large.unroll.json" },
  { name: "units", run: "large.unroll.json", keys: ["e", "+", "+", "+"] },
  { name: "flip", run: example("two-directions-one-layer"), tab: "Flip & concat" },
  { name: "flip-large", run: "large.unroll.json", tab: "Flip & concat" },
  { name: "play", run: example("two-directions-one-layer") },
  { name: "shapes", run: example("does-not-fit"), tab: "Shapes" },
  { name: "why", run: example("gate-order"), tab: "Why" },
  { name: "numbers", run: example("differs"), tab: "Numbers" },
  { name: "gradient", run: example("vanishing"), keys: ["g"] },
  { name: "table", run: example("lstm-two-directions"), tab: "Table" },
  { name: "classifier", run: example("text-classifier") },
];

const wanted = process.env["UNROLL_GALLERY"]?.split(",");
const isWanted = (name: string): boolean => wanted?.includes(name) ?? true;

async function prepare(folder: string): Promise<void> {
  const config = { inputSize: 16, hiddenSize: 256, numLayers: 2, bidirectional: true };
  await writeTensors(folder, "large.safetensors", weightsOf({ ...config, cell: "GRU" }));
  await writeTensors(folder, "large.npz", { x: random([2_000, 1, 16]) });
  const run = { weights: { file: "large.safetensors" }, input: "large.npz" };
  writeFileSync(join(folder, "large.unroll.json"), JSON.stringify(run));
}

/** Writes what is on screen as WebP, which the browser itself encodes. */
async function take(workbench: Workbench, encoder: Page, file: string): Promise<void> {
  const png = (await workbench.page.screenshot()).toString("base64");
  const webp = await encoder.evaluate(
    async ([content, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${content}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: image.width, height: image.height });
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality).split(",")[1] ?? "";
    },
    [png, QUALITY] as const,
  );
  writeFileSync(join(FOLDER, file), Buffer.from(webp, "base64"));
}

async function takeAll(
  workbench: Workbench,
  name: string,
  page: { readonly selector: string; readonly settle: () => Promise<void> },
): Promise<void> {
  const encoder = await workbench.page.context().newPage();
  await workbench.page.bringToFront();
  for (const theme of themes) {
    await workbench.page.setViewportSize(SIZES[0]);
    await workbench.setTheme(theme, await workbench.webviewFrame(page.selector));
    for (const size of SIZES) {
      await workbench.page.setViewportSize(size);
      await page.settle();
      await take(workbench, encoder, fileOf(name, theme, size.width));
    }
  }
  await encoder.close();
  await workbench.page.setViewportSize(SIZES[0]);
  await workbench.setTheme("dark");
}

function fileOf(name: string, theme: Theme, width: number): string {
  return `${name}-${theme}-${width}.webp`;
}

describe("the gallery", () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    workbench = await openWorkbench({ folder: "examples", prepare, settings: SETTINGS });
    panel = new Panel(workbench);
    await workbench.page.setViewportSize(SIZES[0]);
  });

  after(async () => {
    await workbench.close();
  });

  /** Folders that are open from before put others out of sight, and have files of the same name. */
  function collapse(): Promise<void> {
    return workbench.runCommand("Collapse Folders in Explorer");
  }

  async function show({ name, tab, mode, keys = [] }: Shot): Promise<void> {
    if (tab !== undefined) await panel.openTab(tab);
    if (mode !== undefined) await panel.showMode(mode);
    await panel.press(...keys);
    if (name !== "play") return;
    await panel.press(" ");
    await panel.locator(".play-slider").waitFor();
    await panel.press(" ");
    await panel.locator(".play-slider").evaluate((slider: HTMLInputElement) => {
      slider.value = "2.5";
      slider.dispatchEvent(new Event("input"));
    });
  }

  for (const shot of SHOTS.filter(({ name }) => isWanted(name))) {
    it(shot.name, async () => {
      await collapse();
      await panel.openRun(shot.run);
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      await show(shot);
      await takeAll(workbench, shot.name, {
        selector: "unroll-app",
        settle: () => panel.settle(),
      });
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      await workbench.closeEditors();
    }).timeout(600_000);
  }

  it("tensors", async function () {
    if (!isWanted("tensors")) this.skip();
    const editor = new TensorEditor(workbench);
    await collapse();
    await editor.inspect("text-classifier/weights.pt");
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await editor.show("weight_hh_l0");
    await takeAll(workbench, "tensors", {
      selector: "unroll-tensors",
      settle: () => editor.drawn(),
    });
    await workbench.closeEditors();
  }).timeout(600_000);
});
