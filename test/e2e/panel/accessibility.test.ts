/** Accessibility of the panel: axe finds nothing in any view and theme, wide or narrow; every part is reached by keyboard. */
import { becomes } from "../../harness/poll";
import { themes } from "../../harness/themes";
import type { Workbench } from "../../harness/workbench";
import { assertTabReaches } from "../support/focus";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const TABS = ["Unrolled", "Flip & concat", "Shapes", "Why", "Table"];
/** With the side bar hidden, the activity bar and borders take the first pixels. */
const WIDTHS = { wide: 1400, narrow: 552 };

describe("accessibility", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: "examples", run: "differs/differs.unroll.json" }, (opened) => {
    ({ workbench, panel } = opened);
  });

  before(async () => {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await panel.showMode("Δ");
  });

  const findings = (): Promise<string[]> => workbench.findings("unroll-app");

  /** Looks at every tab of a window as wide as that. */
  async function assertNoFinding(width: number, read: () => Promise<string[]>): Promise<void> {
    await workbench.page.setViewportSize({ width, height: 900 });
    for (const tab of TABS) {
      await panel.openTab(tab);
      await becomes(`The findings in ${tab}`, read, []);
    }
  }

  for (const [name, width] of Object.entries(WIDTHS)) {
    it(`has no finding, ${name}`, () => assertNoFinding(width, findings));
  }

  // A window opens in the dark theme; what is laid out otherwise in a narrow one has the same colours there.
  for (const theme of themes.filter((name) => name !== "dark")) {
    it(`has no finding in the colours of ${theme}`, async () => {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-app"));
      await assertNoFinding(WIDTHS.wide, () => workbench.findings("unroll-app", "colours"));
    });
  }

  it("has no finding in forced colours", async () => {
    await workbench.page.emulateMedia({ forcedColors: "active" });
    await assertNoFinding(WIDTHS.wide, () => workbench.findings("unroll-app", "colours"));
    await workbench.page.emulateMedia({ forcedColors: null });
  });

  it("reaches every part with the Tab key, and shows where the focus is", async () => {
    await workbench.page.setViewportSize({ width: WIDTHS.wide, height: 900 });
    await panel.openTab("Unrolled");
    await assertTabReaches(
      panel,
      [".toolbar vscode-button", "timeline-track"],
      [
        "vscode-dropdown",
        "button.tab",
        "button.segment",
        "unrolled-scroll",
        "aside.side",
        "operand",
        "timeline-track",
      ],
    );
  });
});
