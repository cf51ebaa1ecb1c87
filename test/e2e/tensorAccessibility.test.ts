/** Accessibility of the tensor editor: axe finds nothing in any tab and theme, wide or narrow; every part is reached by keyboard. */
import assert from "node:assert/strict";
import { becomes } from "../harness/poll";
import type { Theme } from "../harness/themes";
import { openWorkbench, type Workbench } from "../harness/workbench";
import { focusAtRest } from "./focus";
import { TensorEditor } from "./tensorEditor";

const THEMES: readonly Theme[] = ["dark", "light", "high-contrast", "high-contrast-light"];
const WIDTHS = { wide: 1400, narrow: 552 };
/** More Tab stops than the editor has, so that the focus goes round once. */
const MAX_STOPS = 80;

describe("accessibility of the tensor editor", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  before(async () => {
    workbench = await openWorkbench({ folder: "examples" });
    editor = new TensorEditor(workbench);
    await editor.inspect("text-classifier/weights.pt");
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await editor.show("weight_hh_l0");
  });

  after(async () => {
    await workbench.close();
  });

  async function findings(): Promise<string[]> {
    const frame = await workbench.webviewFrame("unroll-tensors");
    const violations = await workbench.axe(frame);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
    );
  }

  for (const theme of THEMES) {
    for (const [name, width] of Object.entries(WIDTHS)) {
      it(`has no finding in ${theme}, ${name}`, async () => {
        await workbench.page.setViewportSize({ width, height: 900 });
        await workbench.setTheme(theme, await workbench.webviewFrame("unroll-tensors"));
        for (const tab of ["Heatmap", "Table"]) {
          await editor.openTab(tab);
          await becomes(`The findings in ${tab}`, findings, []);
        }
      });
    }
  }

  it("has no finding with a menu and with its list of keys", async () => {
    await workbench.page.setViewportSize({ width: WIDTHS.wide, height: 900 });
    await editor.openTab("Heatmap");
    await editor.locator("unroll-menu vscode-button").last().click();
    await becomes("The findings with a menu", findings, []);
    await workbench.page.keyboard.press("Escape");
    await editor.press("?");
    await becomes("The findings with the keys", findings, []);
    await workbench.page.keyboard.press("Escape");
  });

  it("reaches every part with the Tab key, and shows where the focus is", async () => {
    await editor.locator(".toolbar .icon-button").first().focus();
    // What a script focuses counts as reached by keyboard only after a key.
    await workbench.page.keyboard.press("Tab");
    await workbench.page.keyboard.press("Shift+Tab");
    const reached = new Set<string>();
    const hidden: string[] = [];
    for (let stop = 0; stop < MAX_STOPS; stop++) {
      const { name, isVisible } = await focusAtRest(editor);
      if (name.startsWith("body") || (reached.has(name) && name.includes("side"))) break;
      reached.add(name);
      if (!isVisible) hidden.push(name);
      await workbench.page.keyboard.press("Tab");
    }
    const all = [...reached].join("\n");
    for (const part of [
      ...["vscode-button", "tree-search", "tree-scroll", "divider", "chip-button", "button.tab"],
      ...["vscode-dropdown", "go-to", "heat-plot", "aside.side"],
    ]) {
      assert.ok(all.includes(part), `${part} is not among\n${all}`);
    }
    assert.deepEqual(hidden, []);
  });
});
