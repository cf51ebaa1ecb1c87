import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { themes } from "../harness/themes";
import { openWorkbench } from "../harness/workbench";
import { AssignDialog } from "./assignDialog";

const OUT = "test-results/assign";

it("looks", async () => {
  mkdirSync(OUT, { recursive: true });
  const workbench = await openWorkbench({
    folder: "examples",
    prepare: (folder) =>
      cpSync("test/fixtures/by-hand", join(folder, "by-hand"), { recursive: true }),
  });
  try {
    const dialog = new AssignDialog(workbench);
    await workbench.openFile("by-hand/gates.safetensors");
    await dialog.drawn();
    await workbench.screenshot(`${OUT}/0-editor.png`);
    await dialog.openDialog();
    await workbench.screenshot(`${OUT}/1-open.png`);
    const field = dialog.slot("weight_ih_l0").locator("input").first();
    await field.click();
    await dialog.locator(".choice").first().waitFor();
    await workbench.screenshot(`${OUT}/2-list.png`);
    await dialog.locator(".choice-other").filter({ hasText: "per gate" }).click();
    await dialog.slot("weight_ih_l0").locator(".is-gate").first().waitFor();
    await dialog.assign("weight_ih_l0", "keep/seen", 1);
    await workbench.screenshot(`${OUT}/3-gates.png`);
    await dialog.assign("weight_hh_l0", "keep/seen");
    await workbench.screenshot(`${OUT}/4-wrong.png`);
    for (const theme of themes) {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-tensors"));
      await workbench.screenshot(`${OUT}/5-${theme}.png`);
    }
    for (const width of [900, 420]) {
      await workbench.page.setViewportSize({ width, height: 800 });
      await workbench.page.waitForTimeout(400);
      await workbench.screenshot(`${OUT}/6-${width}.png`);
    }
  } finally {
    await workbench.screenshot(`${OUT}/9-end.png`);
    console.log(workbench.viewErrors.join("\n"));
    workbench.viewErrors.length = 0;
    await workbench.close();
  }
});
