/** Accessibility of the panel: axe finds nothing in any view and theme, wide or narrow; every part is reached by keyboard. */
import assert from "node:assert/strict";
import { becomes } from "../harness/poll";
import type { Theme } from "../harness/themes";
import { openWorkbench, type Workbench } from "../harness/workbench";
import { focusAtRest } from "./focus";
import { Panel } from "./panel";

const THEMES: readonly Theme[] = ["dark", "light", "high-contrast", "high-contrast-light"];
const TABS = ["Unrolled", "Flip & concat", "Shapes", "Why", "Table"];
/** With the side bar hidden, the activity bar and borders take the first pixels. */
const WIDTHS = { wide: 1400, narrow: 552 };
/** More Tab stops than the panel has, so that the focus goes round once. */
const MAX_STOPS = 80;

describe("accessibility", () => {
  let workbench: Workbench;
  let panel: Panel;

  before(async () => {
    workbench = await openWorkbench({ folder: "examples" });
    panel = new Panel(workbench);
    await panel.openRun("differs/differs.unroll.json");
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await panel.showMode("Δ");
  });

  after(async () => {
    await workbench.close();
  });

  async function findings(): Promise<string[]> {
    const frame = await workbench.webviewFrame("unroll-app");
    const violations = await workbench.axe(frame);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
    );
  }

  for (const theme of THEMES) {
    for (const [name, width] of Object.entries(WIDTHS)) {
      it(`has no finding in ${theme}, ${name}`, async () => {
        await workbench.page.setViewportSize({ width, height: 900 });
        await workbench.setTheme(theme, await workbench.webviewFrame("unroll-app"));
        for (const tab of TABS) {
          await panel.openTab(tab);
          await becomes(`The findings in ${tab}`, findings, []);
        }
      });
    }
  }

  it("reaches every part with the Tab key, and shows where the focus is", async () => {
    await workbench.page.setViewportSize({ width: WIDTHS.wide, height: 900 });
    await panel.openTab("Unrolled");
    await panel.locator(".toolbar vscode-button").first().focus();
    // What a script focuses counts as reached by keyboard only after a key.
    await workbench.page.keyboard.press("Tab");
    await workbench.page.keyboard.press("Shift+Tab");
    const reached = new Set<string>();
    const hidden: string[] = [];
    for (let stop = 0; stop < MAX_STOPS; stop++) {
      const { name, isVisible } = await focusAtRest(panel);
      if (name.startsWith("body") || (reached.has(name) && name.includes("timeline-track"))) break;
      reached.add(name);
      if (!isVisible) hidden.push(name);
      await workbench.page.keyboard.press("Tab");
    }
    const all = [...reached].join("\n");
    for (const part of [
      "vscode-dropdown",
      "vscode-checkbox",
      "button.tab",
      "button.segment",
      "unrolled-scroll",
      "aside.side",
      "operand",
      "timeline-track",
    ]) {
      assert.ok(all.includes(part), `${part} is not among\n${all}`);
    }
    assert.deepEqual(hidden, []);
  });
});
