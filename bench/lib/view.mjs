/** The view in the real workbench: keys, frames, first pictures, memory, what the host sends. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { runE2e } from "../../scripts/lib/tests/e2eTests.mjs";

/** Longer than a frame of 60 a second, with what a timer is off. */
const DROPPED_MS = 25;

/** What test/e2e's machinery measured, and the load of the machine before it did; the build has to be there. */
export async function measureView() {
  const folder = mkdtempSync(join(tmpdir(), "unroll-view-"));
  const out = join(folder, "view.json");
  const [load] = loadavg();
  process.env.UNROLL_VIEW_BENCH = out;
  try {
    const { failed } = await runE2e(["test/e2e/viewBench.ts"]);
    if (failed > 0) throw new Error("the view could not be measured");
    return { load, ...JSON.parse(readFileSync(out, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

const ofKeys = (times, what, share) =>
  percentile(
    times.map((time) => time[what]),
    share,
  );

const ms = (value) => (value === undefined || Number.isNaN(value) ? "–" : `${value.toFixed(1)} ms`);
const dropped = (times) => `${times.filter((time) => time > DROPPED_MS).length} of ${times.length}`;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;

/** A row for each figure, a column for each run. */
export function viewText({ load, runs: cases, tensors }) {
  const row = (name, cell) => `| ${name} | ${cases.map(cell).join(" | ")} |`;
  const frames = (motion) => (each) => dropped(each.frameMs[motion]);
  return [
    `Software rendering, 1400 × 900 CSS pixels; load of the machine before: ${load.toFixed(1)}. A frame is dropped that takes more than ${DROPPED_MS} ms. Keys come some 40 ms after each other, as a held key repeats them; frames come 60 a second, and a key waits up to 16.7 ms for the next one. The first picture counts from the click on the command; the first column opens the first panel of a window.`,
    "",
    `| | ${cases.map(({ name }) => name).join(" | ")} |`,
    `|---|${cases.map(() => "--:").join("|")}|`,
    row("Command → first whole picture", (each) => ms(each.firstPictureMs)),
    row("The same in later panels, median of three", (each) => ms(each.nextPictureMs)),
    row("Cursor step: key → painted frame, median", (each) =>
      ms(ofKeys(each.stepMs, "frame", 0.5)),
    ),
    row("Cursor step: key → painted frame, p95", (each) => ms(ofKeys(each.stepMs, "frame", 0.95))),
    row("Cursor step: without the wait for the frame, p95", (each) =>
      ms(ofKeys(each.stepMs, "work", 0.95)),
    ),
    row("Ours/Δ: key → painted frame, p95", (each) => ms(ofKeys(each.switchMs, "frame", 0.95))),
    row("Ours/Δ: without the wait for the frame, p95", (each) =>
      ms(ofKeys(each.switchMs, "work", 0.95)),
    ),
    row("Frames dropped, zoom over time", frames("zoom")),
    row("Frames dropped, zoom over units", frames("units")),
    row("Frames dropped, pan", frames("pan")),
    row("Frames dropped, play", frames("play")),
    row("Tasks over 50 ms in the view", (each) => each.longTasksMs.length),
    row("Longest task", (each) => ms(Math.max(0, ...each.longTasksMs))),
    row("Heap of the view", (each) => megabytes(each.heapBytes)),
    row("Host → view for one step of zoom", (each) => megabytes(each.bytesOfZoom)),
    "",
    "The tensor editor shows samples first, then every value.",
    "",
    "| | first picture | in later editors, median of three | every value | in later editors |",
    "|---|--:|--:|--:|--:|",
    ...tensors.map(({ name, pictureMs, wholeMs }) => {
      const both = [pictureMs, wholeMs].flatMap(([first, ...later]) => [
        first,
        percentile(later, 0.5),
      ]);
      return `| ${name} | ${both.map(ms).join(" | ")} |`;
    }),
  ].join("\n");
}
