/** Tensors that nothing recognises, used as a module by hand: from a click on the file to a run file that opens again. */
import assert from "node:assert/strict";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { becomes, until } from "../../harness/poll";
import { themes } from "../../harness/themes";
import type { Workbench } from "../../harness/workbench";
import { AssignDialog } from "../support/assignDialog";
import { Panel } from "../support/panel";
import { sharesWindow } from "../support/suite";

/** Its two biases are one in the file, so that the last bits differ. */
const AGREES = ["≈ output rounding only", "≈ h_n rounding only", "≈ c_n rounding only"];

const FILES = "test/fixtures/by-hand";

describe("assigning tensors by hand", () => {
  let workbench: Workbench;
  let dialog: AssignDialog;

  sharesWindow(
    {
      folder: "examples/one-direction-one-layer",
      prepare: (folder) => {
        cpSync(FILES, folder, { recursive: true });
      },
      closesEditors: true,
    },
    (opened) => {
      workbench = opened;
      dialog = new AssignDialog(workbench);
    },
  );

  async function open(file: string): Promise<void> {
    await workbench.openFile(file);
    await dialog.locator(".unrecognised").waitFor({ timeout: 60_000 });
    await dialog.openDialog();
  }

  it("finds the assignment that reproduces a reference, saves it, and runs what was saved", async () => {
    await open("gates.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await dialog.locator("vscode-button.try").click();
    await workbench.quick.isTitled("input");
    await workbench.quick.pick("x.npy");
    await workbench.quick.isTitled("reference");
    await workbench.quick.pick("expected.npz");
    const best = dialog.locator(".guess").first();
    await dialog.locator(".guess.reproduces").first().waitFor({ timeout: 60_000 });
    assert.match((await best.textContent()) ?? "", /reproduces output, h_n.*max \|Δ\| \d/s);
    await becomes("Whether it is chosen", () => best.getAttribute("aria-pressed"), "true");
    await dialog.verdictIs((said) => said.includes("nn.LSTM(5, 6)"));

    await dialog.act("Save as run file…");
    await workbench.quick.holds((name) => name.endsWith("gates.unroll.json"));
    const file = join(workbench.folder, "gates.unroll.json");
    await workbench.quick.type(file, { confirm: true });
    await dialog.verdictIs((said) => said.includes("Saved as gates.unroll.json"));
    const saved = JSON.parse(readFileSync(file, "utf8")) as {
      readonly weights: { readonly map: { readonly kind: string; readonly slots: object } };
      readonly input: string;
    };
    assert.equal(saved.weights.map.kind, "LSTM");
    assert.ok("weight_hh_l0" in saved.weights.map.slots);
    assert.equal(saved.input, "x.npy");

    await dialog.act("Run forward…");
    const panel = new Panel(workbench);
    await panel.verdictsAre(...AGREES);
    await workbench.closeEditors();
    await panel.openRun("gates.unroll.json");
    await panel.verdictsAre(...AGREES);
  });

  it("offers a map that was made before for a file with the same tensors", async () => {
    await workbench.openFile("later.safetensors");
    const line = dialog.locator(".unrecognised");
    await line.getByText("as in gates.unroll.json").waitFor({ timeout: 60_000 });
    await dialog.openDialog();
    const [first] = await dialog.texts(".guess");
    assert.match(first ?? "", /as in gates\.unroll\.json/);
  });

  it("says of a slot that was made wrong why, at once, and a step back mends it", async () => {
    await open("gates.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await dialog.assign("weight_hh_l0", "memo/keep/base");
    await dialog.saysOf("weight_hh_l0", (said) =>
      /^✗\s*expected a matrix, memo\/keep\/base/.test(said),
    );
    await dialog.verdictIs((said) => said.startsWith("✗ 1 slot does not fit"));
    await dialog.slot("weight_hh_l0").locator("input").first().press("Control+z");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await dialog.saysOf("weight_hh_l0", (said) => /^✓\s*fits$/.test(said));
  });

  it("has each part of a slot cut, turned and mended by hand, a step back and forward", async () => {
    await open("gates.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    const slot = dialog.slot("weight_ih_l0");
    const history = (step: string): Promise<void> =>
      dialog.locator(`.assign-history [aria-label="${step}"]`).click();
    await slot.locator(".icon-button").first().click();
    await slot.locator("vscode-checkbox").click();
    await dialog.saysOf("weight_ih_l0", (said) => /expected .*, found \[5, 6\]/.test(said));
    await slot.locator("vscode-checkbox").click();
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    const rows = slot.locator(".part-input").first();
    await rows.fill("first three");
    await rows.press("Enter");
    await becomes("The rows", () => rows.inputValue(), "");
    await rows.fill("0:3");
    await rows.press("Enter");
    await dialog.verdictIs((said) => said.startsWith("✗ 1 slot does not fit"));
    await history("Undo");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await becomes("The rows", () => rows.inputValue(), "");
    await history("Redo");
    await becomes("The rows", () => rows.inputValue(), "0:3");
    await history("Undo");
    await dialog.act("Copy map");
    await dialog.says(".assign-verdict", "Copied the map");
    const copied = await workbench.page.evaluate(() => navigator.clipboard.readText());
    const { kind, slots } = JSON.parse(copied) as { kind: string; slots: object };
    assert.equal(kind, "LSTM");
    assert.ok("weight_ih_l0" in slots);
  });

  it("chooses a tensor from its list by keys and by the pointer, and another guess", async () => {
    const field = dialog.slot("bias_ih_l0").locator("input[role=combobox]").first();
    await open("gates.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    const second = dialog.locator(".guess").nth(1);
    await second.click();
    await becomes("Whether it is chosen", () => second.getAttribute("aria-pressed"), "true");
    await field.fill("no such tensor");
    await dialog.says(".choice-note", "nothing found");
    await field.press("Escape");
    await field.press("ArrowDown");
    await dialog.locator(".choice[aria-selected=true]").waitFor();
    const chosen = (): Promise<string> => dialog.text(".choice[aria-selected=true]");
    const first = await chosen();
    await field.press("ArrowDown");
    await until("The line", chosen, (now) => now !== first);
    await dialog.locator(".choice").filter({ hasText: "memo/show/base" }).first().click();
    await becomes("The tensor", () => field.inputValue(), "memo/show/base");
    await field.click();
    await dialog.locator(".choice").filter({ hasText: "without this part" }).click();
    await dialog.countIs('.slot[aria-label="bias_ih_l0"] .part-gate', 3);
    await dialog.verdictIs((said) => said.startsWith("✗"));
  });

  it("has the module made another one, and puts back sizes that are none", async () => {
    await open("gates.safetensors");
    const size = (label: string): Locator =>
      dialog.locator(`.assign-fields label:has-text("${label}") input`);
    const fill = async (label: string, typed: string): Promise<void> => {
      await size(label).fill(typed);
      await size(label).press("Enter");
    };
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await fill("hidden H", "0");
    await becomes("The size", () => size("hidden H").inputValue(), "6");
    await fill("hidden H", "7");
    await dialog.verdictIs((said) => said.startsWith("✗"));
    await fill("hidden H", "");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await dialog.choose("directions", "⇄ both");
    await dialog.slot("weight_ih_l0_reverse").waitFor();
    await fill("layers", "20");
    await dialog.says(".assign-form > * > p", "24 more layers and directions");
    await fill("layers", "1");
    await dialog.choose("directions", "→ forward");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    const layouts = await dialog.texts('vscode-dropdown[aria-label="layout"] vscode-option');
    await dialog.choose("layout", layouts[1] ?? "");
    await dialog.choose("kind", "nn.RNN");
    await dialog.choose("activation", "relu");
    await dialog.act("Copy map");
    await dialog.says(".assign-verdict", "Copied the map");
    const copied = await workbench.page.evaluate(() => navigator.clipboard.readText());
    assert.match(
      copied,
      /"kind": "RNN"[^]*"nonlinearity": "relu"|"nonlinearity": "relu"[^]*"kind": "RNN"/,
    );
  });

  it("has a form to fill in where nothing is recognisable", async () => {
    await workbench.openFile("nothing.safetensors");
    await dialog.locator(".unrecognised").waitFor({ timeout: 60_000 });
    await dialog.openDialog();
    await dialog.verdictIs((said) => said.startsWith("✗"));
    assert.equal(await dialog.locator(".guess").count(), 0);
    await dialog.assign("weight_ih_l0", "part0");
    await dialog.saysOf("weight_ih_l0", (said) => said.startsWith("✗"));
  });

  it("shows names as they are, whatever they are, and keeps its width", async () => {
    await open("names.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits: nn.LSTM(5, 6)"));
    const form = dialog.locator("dialog.assign");
    assert.equal(await form.locator("img, a[href]").count(), 0);
    await dialog.slot("weight_hh_l0").locator("input").first().click();
    await dialog.locator(".choice").first().waitFor();
    const shown = (await form.textContent()) ?? "";
    assert.ok(shown.includes("<img src=x onerror=alert(1)>"));
    assert.doesNotMatch(shown, /(?!\s)\p{Cc}|\p{Cf}/u);
    const tooWide = await form.evaluate((node) => node.scrollWidth - node.clientWidth);
    assert.equal(tooWide, 0);
    await workbench.page.keyboard.press("Escape");
  });

  it("has no accessibility finding, in any theme, wide or narrow", async () => {
    await open("gates.safetensors");
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    const findings = (): Promise<string[]> => workbench.findings("unroll-tensors");
    await becomes("The findings", findings, []);
    const field = dialog.slot("weight_ih_l0").locator("input").nth(2);
    await field.click();
    await dialog.locator(".choice").first().waitFor();
    await becomes("The findings with a list", findings, []);
    // Enter takes the line that is chosen at first: what the slot has already.
    const chosen = dialog.locator(".choice[aria-selected=true] .choice-name");
    assert.equal(await chosen.textContent(), await field.inputValue());
    await workbench.page.keyboard.press("Escape");
    await dialog.locator("dialog.assign").waitFor();
    for (const theme of themes.filter((name) => name !== "dark")) {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-tensors"));
      const colours = (): Promise<string[]> => workbench.findings("unroll-tensors", "colours");
      await becomes(`The findings in ${theme}`, colours, []);
    }
    await workbench.page.setViewportSize({ width: 472, height: 900 });
    await becomes("The findings, narrow", findings, []);
  });
});

describe("a module that is assigned by hand", () => {
  let workbench: Workbench;

  sharesWindow({ folder: FILES }, (opened) => {
    workbench = opened;
  });

  it("is exported beside its weights, with the lines that load it", async () => {
    const dialog = new AssignDialog(workbench);
    await workbench.openFile("gates.safetensors");
    await dialog.locator(".unrecognised").waitFor({ timeout: 60_000 });
    await dialog.openDialog();
    await dialog.verdictIs((said) => said.startsWith("✓ Every slot fits"));
    await dialog.choose("batch_first", "True: batch, time");
    const written = join(workbench.folder, "gates-exported.safetensors");
    const question = workbench.page.locator(".monaco-dialog-box");
    const ask = async (): Promise<void> => {
      await dialog.act("Export module…");
      await workbench.quick.isTitled("Framework");
      await workbench.quick.pick("PyTorch");
      // The weights themselves are never proposed: what is written would take their place.
      await workbench.quick.holds((name) => name.endsWith("gates-exported.safetensors"));
      await workbench.quick.type(written, { confirm: true });
      await question.waitFor();
    };
    // What is to be known is said before anything is written.
    await ask();
    assert.match((await question.textContent()) ?? "", /assigned by a map/);
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    assert.equal(existsSync(written), false);
    await ask();
    await question.getByRole("button", { name: "Export" }).click();
    await becomes("The exported file", () => existsSync(written), true);
    const lines = workbench.page.locator(".editor-instance .view-lines").first();
    const code = async (): Promise<string> => (await lines.textContent()) ?? "";
    await until("The lines that load it", code, (said) => said.includes("load_state_dict"));
    assert.match(await code(), /batch_first=True/);
  });
});
