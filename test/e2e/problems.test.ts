/** Files that cannot be read: one clear sentence each, and the panel that is open keeps its run. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Workbench } from "../harness/workbench";
import type { Panel } from "./support/panel";
import { sharesPanel } from "./support/suite";

const EXAMPLE = "examples/two-directions-one-layer";
const BROKEN = "test/fixtures/broken/files";
const RUN = "two-directions-one-layer.unroll.json";
const VERDICTS = ["≈ output rounding only", "≈ h_n rounding only"];

/** Each file, the part of the run it stands in for, and what is said about it. */
const cases = [
  ["truncated_half.pt", "weights", /may be cut short/],
  ["truncated.npy", "input", /cut short: the array needs 176 bytes, the file has 171/],
  ["truncated.npz", "reference", /may be cut short/],
  ["truncated.safetensors", "weights", /cut short: its tensors need 424 bytes, it has 420/],
  ["truncated.json", "input", /the JSON text ends where .* is expected/],
  ["text_named.pt", "weights", /a text file\b.*not a file saved by torch\.save/],
  ["wrong_magic.npy", "input", /not a NumPy array/],
  ["html_error_page.safetensors", "weights", /a web page \(HTML\).*not a file of tensors/],
  ["empty.pt", "weights", /the file is empty/],
  ["empty.npy", "input", /the file is empty/],
  ["empty.npz", "reference", /the file is empty/],
  ["empty.safetensors", "weights", /the file is empty/],
  ["empty.json", "input", /the file is empty/],
] as const;

function prepare(folder: string): void {
  mkdirSync(join(folder, "broken"));
  for (const [file] of cases) cpSync(join(BROKEN, file), join(folder, "broken", file));
}

describe("files that cannot be read", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: EXAMPLE, prepare, run: RUN }, (opened) => {
    ({ workbench, panel } = opened);
  });

  before(async () => {
    await panel.verdictsAre(...VERDICTS);
  });

  /** Writes the run file with one part read from another file, as an editor beside the panel would. */
  function writeRun(part?: string, file = ""): void {
    const run = JSON.parse(readFileSync(join(EXAMPLE, RUN), "utf8")) as Record<string, unknown>;
    if (part === "weights") run["weights"] = { file };
    if (part === "input") run["input"] = file;
    if (part === "reference") run["reference"] = { output: `${file}#output` };
    writeFileSync(join(workbench.folder, RUN), JSON.stringify(run));
  }

  for (const [file, part, sentence] of cases) {
    it(`says what is wrong with ${file} in place of the ${part}, and keeps the run`, async () => {
      writeRun(part, `broken/${file}`);
      const said = await panel.says(".problem", `${file}: `);
      assert.match(said, sentence);
      assert.ok(!said.includes("\n") && !/Error:| at .*\.js/.test(said), said);
      await panel.verdictsAre(...VERDICTS);
      await panel.textsInclude(".lane-name", "layer 0 ←");
    });
  }

  it("forgets the problem once the run can be made again", async () => {
    writeRun();
    await panel.locator(".problem").waitFor({ state: "detached" });
    await panel.verdictsAre(...VERDICTS);
  });

  it("keeps the panel and notifies of a file that was chosen in the Explorer", async () => {
    await workbench.explorerMenu("broken/truncated_half.pt", "Run Forward…");
    const toast = await workbench.notification("truncated_half.pt");
    assert.match((await toast.textContent()) ?? "", /truncated_half\.pt: .*cut short/);
    await panel.verdictsAre(...VERDICTS);
  });

  it("opens a panel with the sentence when there was none", async () => {
    await workbench.closeEditors();
    writeRun("weights", "broken/text_named.pt");
    await workbench.explorerMenu(RUN, "Open Run");
    await panel.says(".problem", /text_named\.pt: .*a text file/);
    await workbench.tabsAre(`Unroll: ${basename(RUN)}`);
    writeRun();
    await panel.verdictsAre(...VERDICTS);
  });
});
