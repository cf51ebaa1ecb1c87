/** A long run: it opens, scrolls and zooms, a single bad value is seen, and a longer one can be stopped. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { random, weightsOf, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const STEPS = 20_000;
const BAD_STEP = 12_345;
/** A run of so many rows lasts long enough to be stopped on any machine. */
const ENDLESS_ROWS = 32;
const SIZES = { small: { features: 8, units: 64 }, wide: { features: 2, units: 256 } };

async function prepare(folder: string): Promise<void> {
  const { small, wide } = SIZES;
  await writeTensors(
    folder,
    "long.safetensors",
    weightsOf({ inputSize: small.features, hiddenSize: small.units }),
  );
  const x = random([STEPS, 1, small.features]);
  await writeTensors(folder, "x.npz", { x });
  const bad = { ...x, data: x.data.slice() };
  bad.data[BAD_STEP * small.features + 3] = NaN;
  await writeTensors(folder, "bad.npz", { x: bad });
  await writeTensors(
    folder,
    "wide.safetensors",
    weightsOf({ inputSize: wide.features, hiddenSize: wide.units, bidirectional: true }),
  );
  await writeTensors(folder, "short.npz", { x: random([100, 1, wide.features]) });
  await writeTensors(folder, "endless.npz", { x: random([STEPS, ENDLESS_ROWS, wide.features]) });
  for (const [name, file, input] of [
    ["long", "long.safetensors", "x.npz"],
    ["wide", "wide.safetensors", "short.npz"],
  ] as const) {
    writeRun(folder, name, file, input);
  }
}

function writeRun(folder: string, name: string, file: string, input: string): void {
  const run = { weights: { file }, input };
  writeFileSync(join(folder, `${name}.unroll.json`), JSON.stringify(run));
}

describe("a large run", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ prepare, settings: { "unroll.reference.default": "none" } }, (opened) => {
    ({ workbench, panel } = opened);
  });

  /** Pixels of a lane's band, a row of the canvas a string. */
  async function lanePixels(id: string): Promise<string[]> {
    const { boxes, plotLeft, plotWidth } = await panel.layout();
    const box = boxes.find(({ info }) => info.id === id);
    assert.ok(box);
    const area = [plotLeft, box.top, plotWidth, box.height].map(Math.round);
    return panel.columns(area as [number, number, number, number]);
  }

  /** The columns of a lane once its values are drawn and the drawing no longer changes. */
  async function paintedLane(id: string): Promise<string[]> {
    const isPainted = (columns: readonly string[]): boolean => new Set(columns).size > 100;
    await until(`The lane ${id}`, () => lanePixels(id), isPainted);
    await panel.picture();
    return lanePixels(id);
  }

  async function stepWidth(): Promise<number> {
    return (await panel.layout()).columnWidth;
  }

  /** The columns of a lane that `before` does not have, as shares of its width. */
  async function changedShares(id: string, before: readonly string[]): Promise<number[]> {
    const now = await lanePixels(id);
    return now.flatMap((column, index) => (column === before[index] ? [] : [index / now.length]));
  }

  it("opens with twenty thousand steps", async () => {
    await panel.openRun("long.unroll.json");
    await panel.says(".timeline-step", `t = 0 / ${STEPS - 1}`);
    await until("The width of a step", stepWidth, (width) => width < 1);
    await paintedLane("input");
  });

  it("marks a single NaN of the input where it is, and every state that it spoils", async () => {
    const input = await paintedLane("input");
    writeRun(workbench.folder, "long", "long.safetensors", "bad.npz");
    await panel.says(".pick >> nth=1", "bad.npz");
    const changed = await until(
      "The mark in the input's lane",
      () => changedShares("input", input),
      (shares) => shares.length > 0 && shares.length < 12,
    );
    for (const share of changed) {
      assert.ok(Math.abs(share - BAD_STEP / STEPS) < 0.02, `there is a mark at ${share}`);
    }
    const broken = panel.locator(".timeline-broken").first();
    const breaksAt = async (): Promise<number> => {
      const { x = 0, width = 1 } = (await panel.locator(".timeline-track").boundingBox()) ?? {};
      return (((await broken.boundingBox())?.x ?? 0) - x) / width;
    };
    const isNear = (share: number): boolean => Math.abs(share - BAD_STEP / STEPS) < 0.02;
    await until("The break in the curve", breaksAt, isNear);
  });

  it("zooms, scrolls along time and back", async () => {
    const whole = await panel.picture();
    await panel.press(...Array.from({ length: 12 }, () => "+"));
    await until("The width of a step", stepWidth, (width) => width > 1);
    const zoomed = await panel.pictureDiffers("The zoomed picture", whole);
    await panel.press("End");
    await panel.cursorIs(`t = ${STEPS - 1}`);
    await panel.pictureDiffers("The picture of the end", zoomed);
    await panel.press("j");
    const field = panel.locator(".step-field");
    await field.fill(String(STEPS));
    await field.press("Enter");
    await panel.locator(".step-field[aria-invalid=true]").waitFor();
    await field.fill("-10000");
    await field.press("Enter");
    await panel.cursorIs(`t = ${STEPS - 10_000}`);
    await panel.press("0", "Home");
    await until("The width of a step", stepWidth, (width) => width < 1);
  });

  it("says how far a long run is, and stops it without losing the run before", async () => {
    await workbench.closeEditors();
    await panel.openRun("wide.unroll.json");
    await panel.verdictsAre("no reference");
    await panel.says(".timeline-step", "t = 0 / 99");
    writeRun(workbench.folder, "wide", "wide.safetensors", "endless.npz");
    const share = await panel.says(".progress .number", /^[1-9]\d* %/);
    await panel.locator(".progress .link").click();
    await panel.locator(".progress").waitFor({ state: "detached" });
    assert.notEqual(share, "100 %");
    await panel.verdictsAre("no reference");
    await panel.says(".timeline-step", "t = 0 / 99");
    await panel.press("ArrowRight");
    await panel.says(".side h2", "t = 1");
    await panel.says(".formula", "tanh");
  });
});
