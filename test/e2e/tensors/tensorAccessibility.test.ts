/** Accessibility of the tensor editor: axe finds nothing in any tab and theme, wide or narrow; every part is reached by keyboard. */
import { becomes } from "../../harness/poll";
import { themes } from "../../harness/themes";
import type { Workbench } from "../../harness/workbench";
import { assertTabReaches } from "../support/focus";
import type { TensorEditor } from "../support/tensorEditor";
import { sharesEditor } from "../support/suite";

const WIDTHS = { wide: 1400, narrow: 552 };

describe("accessibility of the tensor editor", () => {
  let workbench: Workbench;
  let editor: TensorEditor;

  sharesEditor({ folder: "examples", file: "text-classifier/weights.pt" }, (opened) => {
    ({ workbench, panel: editor } = opened);
  });

  before(async () => {
    await workbench.runCommand("View: Toggle Primary Side Bar Visibility");
    await editor.show("weight_hh_l0");
  });

  const findings = (): Promise<string[]> => workbench.findings("unroll-tensors");

  /** Looks at every tab of a window as wide as that. */
  async function assertNoFinding(width: number, read: () => Promise<string[]>): Promise<void> {
    await workbench.page.setViewportSize({ width, height: 900 });
    for (const tab of ["Heatmap", "Table"]) {
      await editor.openTab(tab);
      await becomes(`The findings in ${tab}`, read, []);
    }
  }

  for (const [name, width] of Object.entries(WIDTHS)) {
    it(`has no finding, ${name}`, () => assertNoFinding(width, findings));
  }

  // A window opens in the dark theme; what is laid out otherwise in a narrow one has the same colours there.
  for (const theme of themes.filter((name) => name !== "dark")) {
    it(`has no finding in the colours of ${theme}`, async () => {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-tensors"));
      await assertNoFinding(WIDTHS.wide, () => workbench.findings("unroll-tensors", "colours"));
    });
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
    await assertTabReaches(
      editor,
      [".toolbar .icon-button", "side"],
      [
        ...["vscode-button", "tree-search", "tree-scroll", "divider", "chip-button", "button.tab"],
        ...["vscode-dropdown", "go-to", "heat-plot", "aside.side"],
      ],
    );
  });
});
