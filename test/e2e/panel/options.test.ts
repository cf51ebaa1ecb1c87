/** What the toolbar chooses of a run: its module, the row of the batch, how gates are squashed, the colours. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { becomes, until } from "../../harness/poll";
import { random, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const ROWS = 70;
const WEIGHTS = "weights.npz";

/** Two modules of other input sizes, and more rows than a list has. */
async function prepare(folder: string): Promise<void> {
  cpSync(join("test/fixtures/cases/encoder-decoder-gru", WEIGHTS), join(folder, WEIGHTS));
  await writeTensors(folder, "x.npz", { x: random([4, ROWS, 5]) });
  const run = {
    weights: { file: WEIGHTS, module: "encoder." },
    input: "x.npz",
    options: { gateActivation: { alpha: 0.25, beta: 0.5 } },
  };
  writeFileSync(join(folder, "rows.unroll.json"), JSON.stringify(run));
}

describe("the options of a run", () => {
  let panel: Panel;

  const settings = { "unroll.reference.default": "none" };
  sharesPanel({ prepare, run: "rows.unroll.json", settings }, (opened) => {
    ({ panel } = opened);
  });

  it("take a row of a large batch by its number, and put back what is none", async () => {
    const field = panel.locator(".row-batch vscode-text-field input");
    for (const [typed, row] of [
      ["42", 42],
      ["900", ROWS - 1],
      ["901", ROWS - 1],
      ["", ROWS - 1],
      ["7", 7],
    ] as const) {
      await field.fill(typed);
      await field.press("Enter");
      await panel.cursorIs(`batch ${row}`);
      await becomes(`The field after "${typed}"`, () => field.inputValue(), String(row));
    }
  });

  it("squash gates otherwise, which a line of the file's own is listed among", async () => {
    const value = await panel.text(".formula strong");
    await panel.openOptions();
    await panel.says('vscode-dropdown[aria-label="gates"]', "0.25·x + 0.5");
    await panel.choose("gates", "sigmoid");
    await until(
      "The value",
      () => panel.text(".formula strong"),
      (now) => now !== value,
    );
    await panel.textsInclude("unroll-inspector h3", "Reset gate");
  });

  it("change the colours", async () => {
    const before = await panel.picture();
    const colours = await panel.texts('vscode-dropdown[aria-label="Colours"] vscode-option');
    await panel.choose("Colours", colours[1] ?? "");
    await panel.pictureDiffers("The picture in other colours", before);
  });

  it("run another module, whose shapes are shown where the input does not fit", async () => {
    await panel.choose("module", "decoder.");
    await panel.verdictsAre("✗ cannot run");
    await panel.openedTabIs("Shapes");
    await panel.textsInclude(".tab:disabled", "Table");
    await panel.choose("module", "encoder.");
    await panel.verdictsAre("no reference");
    await panel.openTab("Table");
    await panel.says("unroll-table caption", "layer 0 →");
  });
});
