/** The pictures of the README; run by scripts/screenshots.mjs. */
import { mkdirSync } from "node:fs";
import { themes } from "../harness/themes";
import { openWorkbench } from "../harness/windows";
import type { Workbench } from "../harness/workbench";
import { Panel } from "./support/panel";
import { TensorEditor } from "./support/tensorEditor";
import { writePictured } from "./support/tensorPictures";

const FOLDER = "docs/images";
const SHOTS = [
  { name: "panel", example: "differs", mode: "Δ", height: 900 },
  { name: "flip", example: "two-directions-one-layer", tab: "Flip & concat", height: 900 },
  { name: "classifier", example: "text-classifier", height: 900 },
  { name: "shapes", example: "does-not-fit", height: 900 },
  { name: "why", example: "gate-order", tab: "Why", height: 900 },
];

/** Pictures of the tensor editor in every theme, to be looked at; the README shows some of them. */
const TENSOR_FOLDER = "test-results/tensors";
const TENSOR_SHOTS = [
  { name: "tensors", file: "text-classifier/weights.pt", tensor: "weight_hh_l0", kept: "dark" },
  { name: "tensors-large", file: "large.safetensors", tensor: null, kept: "dark" },
  { name: "tensors-nan", file: "diverged.safetensors", tensor: "weight_hh_l0", kept: "light" },
] as const;
const SETTINGS = {
  "workbench.activityBar.location": "hidden",
  "workbench.statusBar.visible": false,
  "window.commandCenter": false,
  "window.title": "${activeEditorShort}",
};

describe("the pictures of the README", () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    workbench = await openWorkbench({
      folder: "examples",
      settings: SETTINGS,
    });
    panel = new Panel(workbench);
  });

  after(async () => {
    await workbench.close();
  });

  for (const { name, example, mode, tab, height } of SHOTS) {
    it(`${name}.png`, async () => {
      await workbench.page.setViewportSize({ width: 1400, height });
      await panel.openRun(`${example}/${example}.unroll.json`);
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      if (tab !== undefined) await panel.openTab(tab);
      if (mode !== undefined) await panel.showMode(mode);
      await panel.settle();
      await workbench.screenshot(`${FOLDER}/${name}.png`);
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      await workbench.closeEditors();
    });
  }
});

describe("the pictures of the tensor editor", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  before(async () => {
    mkdirSync(TENSOR_FOLDER, { recursive: true });
    workbench = await openWorkbench({
      folder: "examples",
      prepare: writePictured,
      settings: SETTINGS,
    });
    editor = new TensorEditor(workbench);
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
  });

  after(async () => {
    await workbench.close();
  });

  for (const { name, file, tensor, kept } of TENSOR_SHOTS) {
    it(`${name}.png`, async () => {
      await editor.inspect(file);
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      if (tensor !== null) await editor.show(tensor);
      for (const theme of themes) {
        await workbench.setTheme(theme, await workbench.webviewFrame("unroll-tensors"));
        await editor.drawn();
        await workbench.screenshot(`${TENSOR_FOLDER}/${name}-${theme}.png`);
        if (theme === kept) await workbench.screenshot(`${FOLDER}/${name}.png`);
      }
      await workbench.setTheme("dark");
      await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
      await workbench.closeEditors();
    });
  }
});
