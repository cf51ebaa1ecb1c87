/** The pictures of the README; run by scripts/screenshots.mjs. */
import { mkdirSync } from "node:fs";
import { openWorkbench, type Workbench } from "../harness/workbench";
import { Panel } from "./panel";

const FOLDER = "docs/images";
const SHOTS = [
  { name: "panel", example: "differs", mode: "Δ", height: 900 },
  { name: "flip", example: "two-directions-one-layer", tab: "Flip & concat", height: 900 },
  { name: "classifier", example: "text-classifier", height: 900 },
  { name: "shapes", example: "does-not-fit", height: 900 },
];

describe("the pictures of the README", () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    mkdirSync(FOLDER, { recursive: true });
    workbench = await openWorkbench({
      folder: "examples",
      settings: {
        "workbench.activityBar.location": "hidden",
        "workbench.statusBar.visible": false,
        "window.commandCenter": false,
        "window.title": "${activeEditorShort}",
      },
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
