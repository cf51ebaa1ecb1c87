/** The lanes of the unrolled view: gates over time, folding, order; and the walk through what differs. */
import { becomes, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

describe("the lanes of a run", () => {
  let workbench: Workbench;
  let panel: Panel;

  const names = (): Promise<string[]> => panel.texts(".lane-label .lane-name");
  const choose = (label: string): Promise<void> =>
    panel.locator(".lane-menu vscode-checkbox").getByText(label, { exact: true }).first().click();

  sharesPanel(
    { folder: "examples", run: "lstm-two-directions/lstm-two-directions.unroll.json" },
    (opened) => {
      ({ workbench, panel } = opened);
    },
  );

  it("has gates over time beside the states of each layer, chosen in a menu", async () => {
    await panel.showMode("Ours");
    const before = await panel.picture();
    await panel.locator(".lane-menu > vscode-button").click();
    await choose("f · forget gate");
    await until("The lanes of f", names, (all) => all.includes("f · layer 0 →"));
    await choose("g · candidate");
    await until("The lanes of g", names, (all) => all.includes("g · layer 0 ←"));
    await panel.says(".legend", /f (≤ )?0.*g (≤ )?−/);
    await workbench.page.keyboard.press("Escape");
    await panel.pictureDiffers("The picture with gates", before);
  });

  it("folds a lane by its name, and by a key", async () => {
    const folded = (): Promise<string[]> => panel.texts(".lane-folded .lane-name");
    await panel.press("x");
    await becomes("The folded lanes", async () => (await folded()).length, 1);
    await panel.press("x");
    await becomes("The folded lanes", folded, []);
    await panel
      .locator(".lane-label")
      .getByText("f · layer 0 →", { exact: true })
      .click({ modifiers: ["Shift"] });
    await becomes("The folded lanes", folded, ["f · layer 0 →"]);
    await panel.locator(".lane-menu > vscode-button").click();
    const boxes = panel.locator(".lane-row").filter({ hasText: "output" });
    await boxes.getByText("folded").click();
    await until("The folded lanes", folded, (lanes) => lanes.includes("output"));
    await boxes.getByText("folded").click();
    await becomes("The folded lanes", folded, ["f · layer 0 →"]);
    await panel.choose("Order", "by error, the largest on top");
    await panel.says(".lane-menu .options-values", "by error");
    await panel.choose("Order", "as data flows");
    await workbench.page.keyboard.press("Escape");
  });

  it("sorts units, and finds those that are active in a span", async () => {
    const before = await panel.picture();
    await panel.locator(".lane-menu > vscode-button").click();
    await panel.choose("Units by", "activity, the most active on top");
    await panel.says(".lane-menu .options-values", "units by activity");
    await panel.pictureDiffers("The picture with sorted units", before);
    await workbench.page.keyboard.press("Escape");
    await panel.press("+", "+");
    await panel.locator(".lane-menu > vscode-button").click();
    const options = await panel.texts('vscode-dropdown[aria-label="Units by"] vscode-option');
    await panel.choose("Units by", options.find((each) => each.startsWith("activity in t")) ?? "");
    await panel.says(".lane-menu", /layer \d [→←], t \d+ … \d+/);
    const unit = panel.locator("unroll-span .link").first();
    const number = (await unit.textContent())?.trim() ?? "";
    await unit.click();
    await panel.cursorIs(`unit ${number}`);
    await panel.choose("Units by", "number");
    await workbench.page.keyboard.press("Escape");
    await panel.press("0");
  });

  it("names the groups of units that do alike", async () => {
    await panel.locator(".lane-menu > vscode-button").click();
    await panel.choose("Units by", "groups that do alike");
    const [values, mark] = [".lane-menu .options-values", ".lane-menu .drop-down-mark"].map(
      (each) => panel.locator(each),
    );
    const end = async (): Promise<number> => {
      const [text, arrow] = [await values?.boundingBox(), await mark?.boundingBox()];
      return (arrow?.x ?? 0) - (text?.x ?? 0) - (text?.width ?? 0);
    };
    await panel.says(".lane-menu .options-values", "units in groups");
    await until("The room before the arrow", end, (pixels) => pixels >= 4);
    await workbench.page.keyboard.press("Escape");
    await panel.readsOut(
      ({ boxes, plotLeft }) => {
        const box = boxes.find(({ info: { sorted } }) => sorted?.groups[0] !== undefined);
        const [from] = box?.info.sorted?.groups[0] ?? [0];
        const row = (box?.height ?? 0) / (box?.info.units ?? 1);
        return [plotLeft + 4, (box?.top ?? 0) + (from + 0.5) * row];
      },
      ...["group 1", "units"],
    );
    await panel.locator(".lane-menu > vscode-button").click();
    await panel.choose("Units by", "number");
    await workbench.page.keyboard.press("Escape");
  });

  it("hides a lane", async () => {
    await panel.locator(".lane-menu > vscode-button").click();
    await choose("input x");
    await until("The lanes without x", names, (all) => !all.includes("input x"));
    await workbench.page.keyboard.press("Escape");
    await panel.says(".lane-menu .options-values", "1 hidden");
  });

  it("walks through the steps that differ, and back", async () => {
    await workbench.closeEditors();
    await panel.openRun("differs/differs.unroll.json");
    await panel.press(",");
    await panel.cursorIs("layer 1 → · t = 0");
    await panel.press("n");
    await panel.cursorIs("layer 1 → · t = 1");
    await panel.press("Shift+N");
    await panel.cursorIs("layer 1 → · t = 0");
    await panel.press("Backspace");
    await panel.cursorIs("layer 1 → · t = 1");
    await panel.press(".");
    await until(
      "The largest difference",
      () => panel.text(".reference"),
      (said) => said.includes("✗"),
    );
  });
});
