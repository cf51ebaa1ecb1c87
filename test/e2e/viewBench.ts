/**
 * Measures the view in the real workbench; started by `npm run bench -- view`, which reads what it writes to
 * UNROLL_VIEW_BENCH.
 */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { cli } from "./support/cli";
import { random, weightsOf, writeTensors } from "./support/largeFiles";
import type { PictureMark } from "../../webview/shared/firstMark";
import { Panel } from "./support/panel";
import { TensorEditor } from "./support/tensorEditor";
import { openWorkbench } from "../harness/windows";
import type { Workbench } from "../harness/workbench";

const OUT = process.env["UNROLL_VIEW_BENCH"] ?? "view-bench.json";
const KEYS = 60;
const FRAMES = 90;
/** Panels of a run that are opened after its first one: VS Code itself takes two seconds for the second of a window. */
const OPENED = 3;
/** Between two of them, as somebody has who looks for the next: the thread of the next run is started meanwhile. */
const REST_MS = 2500;
const LIMIT_MS = 900_000;

/** H 256, T 2,000, two layers, both directions, with a reference of other weights. */
const MIDDLE = { inputSize: 16, hiddenSize: 256, numLayers: 2, bidirectional: true } as const;
const MIDDLE_STEPS = 2_000;
const HUGE = { inputSize: 8, hiddenSize: 1024 } as const;
const HUGE_STEPS = Number(process.env["UNROLL_VIEW_BENCH_STEPS"] ?? 100_000);

/** Rows and columns of the matrix that the tensor editor opens: a gigabyte of float32. */
const LARGE = 16_384;

interface Watched extends Window {
  unrollBytes: number;
  unrollLong: number[];
}

/** Milliseconds from a key to the end of the frame that is painted for it, and without the wait for that frame. */
interface KeyTime {
  readonly frame: number;
  readonly work: number;
}

interface Measured {
  readonly name: string;
  readonly firstPictureMs: number;
  /** The same in a window that has had a panel of this run. */
  readonly nextPictureMs: number;
  readonly stepMs: readonly KeyTime[];
  readonly switchMs: readonly KeyTime[];
  readonly frameMs: Readonly<Record<string, readonly number[]>>;
  readonly longTasksMs: readonly number[];
  readonly heapBytes: number;
  readonly bytesOfZoom: number;
}

interface MeasuredTensor {
  readonly name: string;
  /** To a picture of samples, and to one of every value: of the first editor of a window, and of later ones. */
  readonly pictureMs: readonly number[];
  readonly wholeMs: readonly number[];
}

/** A matrix of random values, the same block of rows again and again. */
function writeLarge(path: string): void {
  const size = 4 * LARGE * LARGE;
  const entry = { dtype: "F32", shape: [LARGE, LARGE], data_offsets: [0, size] };
  const header = Buffer.from(JSON.stringify({ w: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = openSync(path, "w");
  try {
    writeSync(file, Buffer.concat([length, header]));
    const { data } = random([LARGE / 64, LARGE]);
    const block = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let written = 0; written < size; written += block.length) writeSync(file, block);
  } finally {
    closeSync(file);
  }
}

async function prepare(folder: string): Promise<void> {
  const file = (name: string): string => join(folder, name);
  const write = (name: string, run: object): string => {
    writeFileSync(file(`${name}.unroll.json`), JSON.stringify(run));
    return file(`${name}.unroll.json`);
  };
  const middle = { weights: { file: "middle.safetensors" }, input: "middle.npz#x" };
  await writeTensors(folder, "middle.npz", { x: random([MIDDLE_STEPS, 1, MIDDLE.inputSize]) });
  const weights = weightsOf({ ...MIDDLE, cell: "LSTM" });
  await writeTensors(folder, "middle.safetensors", weightsOf({ ...MIDDLE, cell: "LSTM" }, 7));
  cli("run", write("middle", middle), "--out", file("expected.npz"));
  await writeTensors(folder, "middle.safetensors", weights);
  const reference = { output: "expected.npz#output", h_n: "expected.npz#h_n" };
  write("middle", { ...middle, reference });
  await writeTensors(folder, "huge.safetensors", weightsOf({ ...HUGE, cell: "RNN" }));
  await writeTensors(folder, "huge.npz", { x: random([HUGE_STEPS, 1, HUGE.inputSize]) });
  writeLarge(file("large.safetensors"));
  write("huge", { weights: { file: "huge.safetensors" }, input: "huge.npz#x" });
}

/** Counts what the host sends, and tasks that hold the page up. */
function watch(frame: Frame): Promise<void> {
  return frame.evaluate(() => {
    const page = window as unknown as Watched;
    page.unrollBytes = 0;
    page.unrollLong = [];
    const sizeOf = (value: unknown): number => {
      if (ArrayBuffer.isView(value)) return value.byteLength;
      if (value instanceof ArrayBuffer) return value.byteLength;
      if (typeof value === "string") return value.length;
      if (typeof value !== "object" || value === null) return 8;
      return Object.values(value).reduce((sum: number, each) => sum + sizeOf(each), 0);
    };
    window.addEventListener("message", ({ data }) => {
      page.unrollBytes += sizeOf(data);
    });
    new PerformanceObserver((list) => {
      page.unrollLong.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: "longtask" });
  });
}

/** Times of keys, which come about as fast as a held key repeats them. */
function keyTimes(frame: Frame, keys: readonly string[]): Promise<KeyTime[]> {
  return frame.evaluate(async (names) => {
    /** The time when all that is under way now has been done. */
    const afterThis = (): Promise<number> =>
      new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          done(performance.now());
        };
        port2.postMessage(null);
      });
    const nextFrame = (): Promise<{ begun: number; painted: Promise<number> }> =>
      new Promise((done) => {
        requestAnimationFrame(() => {
          done({ begun: performance.now(), painted: afterThis() });
        });
      });
    const times: KeyTime[] = [];
    for (const key of names) {
      // Not after a fixed time: frames come at fixed times, too.
      await new Promise((done) => setTimeout(done, 33 + 17 * Math.random()));
      const start = performance.now();
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      document.querySelector(".side")?.dispatchEvent(event);
      const [handled, { begun, painted }] = await Promise.all([afterThis(), nextFrame()]);
      const end = await painted;
      const work = Math.min(handled, begun) - start + (end - begun);
      times.push({ frame: end - start, work });
    }
    return times;
  }, keys);
}

/** The time between frames while something moves in each of them. */
function frameTimes(frame: Frame, motion: "zoom" | "pan" | "units" | "play"): Promise<number[]> {
  return frame.evaluate(
    async ([what, count]) => {
      const scroller = document.querySelector(".unrolled-scroll");
      const box = scroller?.getBoundingClientRect();
      const press = (key: string): void => {
        const event = new KeyboardEvent("keydown", { key, bubbles: true });
        document.querySelector(".side")?.dispatchEvent(event);
      };
      const wheel = (init: WheelEventInit): void => {
        const [clientX, clientY] = [(box?.x ?? 0) + 400, (box?.y ?? 0) + 120];
        const event = new WheelEvent("wheel", { clientX, clientY, cancelable: true, ...init });
        scroller?.dispatchEvent(event);
      };
      if (what === "play") press(" ");
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      const times: number[] = [];
      let before = await frame();
      for (let index = 0; index < count; index++) {
        const way = index < count / 2 ? -12 : 12;
        if (what === "zoom") wheel({ deltaY: way, ctrlKey: true });
        if (what === "units") wheel({ deltaY: way, altKey: true });
        if (what === "pan") wheel({ deltaY: 3 * way, shiftKey: true });
        const now = await frame();
        times.push(now - before);
        before = now;
      }
      if (what === "play") press(" ");
      press("0");
      return times;
    },
    [motion, FRAMES] as const,
  );
}

/** The window that holds the menu. */
interface Choosing {
  /** Milliseconds since 1970 at the last click on an entry of a menu. */
  unrollChosenAt: number;
}

/** In the window of the editor: the time of the command is that of the click on it, not of finding it. */
function noteChoice(): void {
  // A menu may lie in a shadow tree: the first of the path is what was clicked.
  const note = (event: MouseEvent): void => {
    const [clicked] = event.composedPath();
    if (!(clicked instanceof Element) || clicked.closest(".monaco-menu") === null) return;
    (window as unknown as Choosing).unrollChosenAt = performance.timeOrigin + performance.now();
  };
  addEventListener("mouseup", note, true);
}

/** From the last command to a mark of a page. */
async function sinceCommand(
  workbench: Workbench,
  page: string,
  name: PictureMark,
): Promise<number> {
  const frame = await workbench.webviewFrame(page);
  const chosenAt = await workbench.page.evaluate(
    () => (window as unknown as Choosing).unrollChosenAt,
  );
  return frame.evaluate(
    ([began, wanted]) => {
      const [mark] = performance.getEntriesByName(wanted);
      return mark === undefined ? NaN : performance.timeOrigin + mark.startTime - began;
    },
    [chosenAt, name] as const,
  );
}

/** Opens a run; returns the time from the command to its first whole picture. */
async function openTimed(workbench: Workbench, panel: Panel, run: string): Promise<number> {
  await panel.openRun(run);
  await panel.settle();
  return sinceCommand(workbench, "unroll-app", "unroll-whole");
}

async function measureTensor(workbench: Workbench): Promise<MeasuredTensor> {
  const editor = new TensorEditor(workbench);
  const pictureMs: number[] = [];
  const wholeMs: number[] = [];
  for (let time = 0; time <= OPENED; time++) {
    await editor.inspect("large.safetensors");
    pictureMs.push(await sinceCommand(workbench, "unroll-tensors", "unroll-picture"));
    wholeMs.push(await sinceCommand(workbench, "unroll-tensors", "unroll-whole"));
    await workbench.closeEditors();
  }
  return { name: `float32, ${LARGE} × ${LARGE}`, pictureMs, wholeMs };
}

async function measure(
  workbench: Workbench,
  panel: Panel,
  name: string,
  run: string,
): Promise<Measured> {
  const firstPictureMs = await openTimed(workbench, panel, run);
  const next: number[] = [];
  for (let time = 0; time < OPENED; time++) {
    await workbench.closeEditors();
    await new Promise((done) => setTimeout(done, REST_MS));
    next.push(await openTimed(workbench, panel, run));
  }
  const nextPictureMs = next.sort((a, b) => a - b)[Math.floor(OPENED / 2)] ?? NaN;
  const frame = await workbench.webviewFrame("unroll-app");
  await watch(frame);
  const right = Array.from({ length: KEYS }, () => "ArrowRight");
  const stepMs = await keyTimes(frame, right);
  const hasReference = (await panel.locator(".segment[disabled]").count()) === 0;
  const both = Array.from({ length: KEYS }, (_, index) => (index % 2 === 0 ? "1" : "4"));
  if (hasReference) await keyTimes(frame, ["1", "4"]).then(() => panel.settle());
  const switchMs = hasReference ? await keyTimes(frame, both) : [];
  await keyTimes(frame, ["1"]);
  await panel.settle();
  const bytes = (): Promise<number> =>
    frame.evaluate(() => (window as unknown as Watched).unrollBytes);
  const before = await bytes();
  await keyTimes(frame, ["+"]);
  await panel.settle();
  const bytesOfZoom = (await bytes()) - before;
  await keyTimes(frame, ["0"]);
  const frameMs = {
    zoom: await frameTimes(frame, "zoom"),
    units: await frameTimes(frame, "units"),
    pan: await frameTimes(frame, "pan"),
    play: await frameTimes(frame, "play"),
  };
  const { longTasksMs, heapBytes } = await frame.evaluate(() => {
    const memory = (performance as { memory?: { usedJSHeapSize: number } }).memory;
    const { unrollLong } = window as unknown as Watched;
    return { longTasksMs: unrollLong, heapBytes: memory?.usedJSHeapSize ?? NaN };
  });
  await workbench.closeEditors();
  return {
    ...{ name, firstPictureMs, nextPictureMs, stepMs, switchMs, frameMs },
    ...{ longTasksMs, heapBytes, bytesOfZoom },
  };
}

describe("the view", () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ folder: "examples", prepare });
    await workbench.page.setViewportSize({ width: 1400, height: 900 });
    await workbench.page.evaluate(noteChoice);
  });

  after(() => workbench.close());

  it("is measured", async () => {
    const panel = new Panel(workbench);
    const runs: Measured[] = [];
    for (const [name, run] of [
      ["example, LSTM H 8 × T 12", "lstm-two-directions/lstm-two-directions.unroll.json"],
      [`LSTM H 256 × T ${MIDDLE_STEPS} × 2 × 2, Δ`, "middle.unroll.json"],
      [`RNN H 1024 × T ${HUGE_STEPS}`, "huge.unroll.json"],
    ] as const) {
      runs.push(await measure(workbench, panel, name, run));
    }
    const tensors = [await measureTensor(workbench)];
    writeFileSync(OUT, JSON.stringify({ runs, tensors }));
  }).timeout(LIMIT_MS);
});
