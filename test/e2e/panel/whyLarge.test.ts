/** Why a large run differs: the search goes on beside the panel, is stopped, and says what is too large for it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { actUntil } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { cli } from "../support/cli";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const STEP_LIMIT_MS = 3000;
const ANSWER = ".answer .answer-sentence";
/** Of a reference that no mistake explains: pairs are searched as well, which takes long. */
const WIDE = {
  cell: "LSTM",
  inputSize: 64,
  hiddenSize: 256,
  numLayers: 2,
  bidirectional: true,
} as const;
const WIDE_STEPS = 1400;
/** Twenty thousand steps; the reference adds both biases twice. */
const LONG = { cell: "RNN", inputSize: 4, hiddenSize: 16 } as const;
const LONG_STEPS = 20_000;
/** A run of which half of the steps can be looked at; one value of its reference is wrong, late. */
const LATE = { cell: "RNN", inputSize: 8, hiddenSize: 256 } as const;
const [LATE_STEPS, LATE_STEP, LATE_UNIT] = [20_000, 15_000, 70];
/** A run that is too large to be made again under each mistake. */
const HUGE = { ...WIDE, inputSize: 8 } as const;
const HUGE_STEPS = 4000;

function writeRun(folder: string, name: string, reference: boolean): string {
  const path = join(folder, `${name}.unroll.json`);
  const run = { weights: { file: `${name}.safetensors` }, input: `${name}-input.npz#x` };
  const outputs = { output: `${name}-expected.npz#output`, h_n: `${name}-expected.npz#h_n` };
  writeFileSync(path, JSON.stringify(reference ? { ...run, reference: outputs } : run));
  return path;
}

/** A run whose reference is what other weights return. */
async function prepareRun(
  folder: string,
  name: string,
  config: Parameters<typeof weightsOf>[0] & { readonly inputSize: number },
  { steps, other }: { readonly steps: number; readonly other: ReturnType<typeof weightsOf> },
): Promise<void> {
  await writeTensors(folder, `${name}-input.npz`, { x: random([steps, 1, config.inputSize]) });
  await writeTensors(folder, `${name}.safetensors`, other);
  cli("run", writeRun(folder, name, false), "--out", join(folder, `${name}-expected.npz`));
  await writeTensors(folder, `${name}.safetensors`, weightsOf(config));
  writeRun(folder, name, true);
}

async function prepareLate(folder: string): Promise<void> {
  const x = random([LATE_STEPS, 1, LATE.inputSize]);
  await writeTensors(folder, "late.safetensors", { ...weightsOf(LATE), x });
  const path = join(folder, "late.unroll.json");
  const run = { weights: { file: "late.safetensors" }, input: "late.safetensors#x" };
  writeFileSync(path, JSON.stringify(run));
  const expected = join(folder, "late-expected.safetensors");
  cli("run", path, "--out", expected);
  const bytes = readFileSync(expected);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as {
    readonly output: { readonly data_offsets: readonly [from: number, to: number] };
  };
  const [from] = header.output.data_offsets;
  const index = LATE_STEP * LATE.hiddenSize + LATE_UNIT;
  const at = 8 + length + from + index * Float32Array.BYTES_PER_ELEMENT;
  bytes.writeFloatLE(bytes.readFloatLE(at) + 0.01, at);
  writeFileSync(expected, bytes);
  const reference = { output: "late-expected.safetensors#output" };
  writeFileSync(path, JSON.stringify({ ...run, reference }));
}

async function prepare(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await prepareRun(folder, "wide", WIDE, { steps: WIDE_STEPS, other: weightsOf(WIDE, 777) });
  await prepareRun(folder, "huge", HUGE, { steps: HUGE_STEPS, other: weightsOf(HUGE, 777) });
  await prepareLate(folder);
  const doubled = Object.entries(weightsOf(LONG)).map(([name, tensor]) => {
    const factor = name.startsWith("bias") ? 2 : 1;
    return [name, { ...tensor, data: tensor.data.map((value) => factor * value) }] as const;
  });
  await prepareRun(folder, "long", LONG, { steps: LONG_STEPS, other: Object.fromEntries(doubled) });
}

describe("why a large run differs", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ prepare }, (opened) => {
    ({ workbench, panel } = opened);
  });

  /** Cancels the search; where it has ended before the click, the run and with it the search begin again. */
  async function cancel(links: string): Promise<void> {
    const link = panel.locator(links).getByText("Cancel");
    const act = async (): Promise<void> => {
      const hasEnded = (await panel.text(ANSWER)).includes("None of the");
      if (hasEnded) await panel.openRun("wide.unroll.json");
      await link.click({ timeout: STEP_LIMIT_MS });
    };
    const isCancelled = async (): Promise<boolean> =>
      (await panel.text(ANSWER)) === "The search for the reason was cancelled.";
    await actUntil("Cancelling the search", act, isCancelled);
  }

  it("is looked for beside the panel, which works meanwhile, until it is cancelled", async () => {
    await panel.openRun("wide.unroll.json");
    await panel.says(ANSWER, "Looking for the reason…");
    await panel.press("Home");
    await panel.cursorIs("t = 0");
    await cancel(".answer .search .link");
    await panel.verdictsAre("✗ output differs", "✗ h_n differs");
    await panel.openTab("Why");
    await panel.says("unroll-why .why-empty", "The search for the reason was cancelled.");
    await panel.locator("unroll-why vscode-button").getByText("Look again").click();
    await panel.says(ANSWER, "Looking for the reason…");
    await panel.says("unroll-why .why-tried", "made again under each known mistake");
    await panel.says("unroll-why .known", "First divergence: layer 0");
    await panel.locator("unroll-why .error-carried").waitFor({ state: "attached" });
    await cancel(".answer .search .link");
  });

  it("is shown over twenty thousand steps in a few hundred columns", async () => {
    await workbench.closeEditors();
    await panel.openRun("long.unroll.json");
    await panel.says(ANSWER, "added twice");
    await panel.openTab("Why");
    await panel.countIs(".why-over-time .error-span", 2);
    await panel.says(".why-over-time .error-steps", "15000");
  });

  it("is one value that lies behind what can be looked at: the steps around it are", async () => {
    await workbench.closeEditors();
    await panel.openRun("late.unroll.json");
    await panel.says(
      ANSWER,
      "one of 5,120,000 values is off: output, t = 15000, batch 0, unit 70. All others agree.",
    );
    await panel.openTab("Why");
    await panel.says(".why-tried > .dim", "steps 15000 … 19999");
    // Behind some steps without it.
    await panel.says(".why-over-time > .dim", "steps 14500 … 19999");
    await panel.says(".why-over-time .error-steps", "15000");
    await panel.says("#why-unseen", "steps 15000 … 19999");
  });

  it("is beside a gradient that other questions do not wait for, and that ends when it is switched off", async () => {
    await panel.openTab("Unrolled");
    await panel.press("g");
    await panel.choose("gradient of", "the sum of the output");
    await panel.says(".progress", "Going back through time");
    await panel.press("Home");
    await panel.cursorIs("t = 0");
    await panel.says("unroll-inspector", "first step of this direction");
    await panel.countIs(".progress", 1);
    await panel.toggle(".gradient-switch", false);
    await panel.countIs(".progress", 0);
    await panel.countIs(".curve-gradient", 0);
  });

  it("is not made up where the run is too large to be made again: what is known is shown", async () => {
    await workbench.closeEditors();
    await panel.openRun("huge.unroll.json");
    await panel.says(ANSWER, "nothing about it can be explained");
    await panel.openTab("Why");
    await panel.says(".why-tried", "would take too long");
    await panel.countIs("unroll-tried", 0);
    await panel.says(".known", "First divergence");
  });
});
