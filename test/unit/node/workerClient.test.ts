/** A worker thread that answers, asks for bytes, is cancelled, or ends by itself. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerClient } from "../../../src/node/workerClient";
import type { RemoteError } from "../../../src/protocol/rpc";

const place = {
  layer: 0,
  direction: "forward",
  step: 0,
  batch: 0,
  unit: 0,
  stateName: "h",
} as const;
const open = {
  spec: { weights: { file: "w" }, input: "x" },
  revision: 3,
  runFile: null,
  maxTraceBytes: 2 ** 29,
};

/** Start of every script: answers are sent by hand, so that the worker needs no bundle. */
const prelude = `
  const { parentPort, workerData } = require("node:worker_threads");
  const cancelled = new Int32Array(workerData.cancelled);
  const answer = (id, result) => parentPort.postMessage({ type: "answer", id, result });
`;

describe("WorkerClient", () => {
  let folder: string;
  let client: WorkerClient | undefined;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-"));
  });
  afterEach(async () => {
    await client?.dispose();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function start(
    body: string,
    onDeath?: (error: RemoteError) => void,
    onProgress?: () => void,
  ): WorkerClient {
    const script = join(folder, "script.cjs");
    writeFileSync(script, `${prelude}\n${body}`);
    const readBytes = (location: string) => Promise.resolve(new TextEncoder().encode(location));
    client = new WorkerClient({
      script,
      readBytes,
      grace: 1000,
      ...(onDeath ? { onDeath } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    return client;
  }

  it("ends a run that does not stop with its thread", async () => {
    const worker = start(`parentPort.on("message", () => { for (;;); });`);
    const run = worker.run(open);
    const stopped = worker.stop(3);
    await assert.rejects(run, { tag: "cancelled" });
    await stopped;
    assert.equal(worker.alive, false);
  });

  it("keeps the thread of a run that stops by itself", async () => {
    const worker = start(`
      parentPort.on("message", ({ id }) => {
        const wait = setInterval(() => {
          if (Atomics.load(cancelled, 0) < 3) return;
          clearInterval(wait);
          answer(id, "stopped");
        }, 1);
      });`);
    const run: Promise<unknown> = worker.run(open);
    await worker.stop(3);
    assert.equal(worker.alive, true);
    assert.equal(await run, "stopped");
    // Nothing runs any more that could be waited for.
    await worker.stop(4);
    assert.equal(worker.alive, true);
  });

  it("lets the worker ask for bytes", async () => {
    const worker = start(`
      parentPort.on("message", (message) => {
        if (message.type === "request") {
          parentPort.postMessage(
            { type: "request", id: 99, method: "bytes/read", params: { location: "memfs:/x" } });
        } else answer(1, new TextDecoder().decode(message.result));
      });`);
    const result: unknown = await worker.request("unit/explain", place);
    assert.equal(result, "memfs:/x");
  });

  it("cancels again what began after a cancel of the same revision", async () => {
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const worker = start(
      `
      const before = () => Atomics.load(cancelled, 1);
      parentPort.on("message", ({ id }) => {
        const cancels = before();
        parentPort.postMessage({ type: "event", name: "run/progress", data: {} });
        while (before() === cancels);
        answer(id, before());
      });`,
      undefined,
      () => begin?.(),
    );
    worker.cancel(3);
    const waiting = worker.request("unit/explain", place);
    await begun;
    worker.cancel(3);
    const result: unknown = await waiting;
    assert.equal(result, 2);
  });

  it("cancels a loop that reads no messages", async () => {
    const worker = start(`
      parentPort.on("message", ({ id }) => {
        while (Atomics.load(cancelled, 0) < 3);
        answer(id, "stopped");
      });`);
    const running: Promise<unknown> = worker.request("run/open", open);
    worker.cancel(3);
    assert.equal(await running, "stopped");
  });

  it("rejects open and later requests when the thread has ended", async () => {
    const deaths: string[] = [];
    const worker = start(
      `parentPort.on("message", () => { throw new Error("broken inside"); });`,
      (error) => deaths.push(error.tag),
    );
    await assert.rejects(worker.request("run/open", open), { name: "RemoteError", tag: "bug" });
    await assert.rejects(worker.request("unit/explain", place), { tag: "bug" });
    assert.equal(worker.alive, false);
    assert.deepEqual(deaths, ["bug"]);
  });

  it("says that memory ran out", async () => {
    const worker = start(`
      parentPort.on("message", () => {
        const kept = [];
        for (;;) kept.push(new Array(1e6).fill(0.5));
      });`);
    await assert.rejects(worker.request("run/open", open), { tag: "limit" });
  }).slow(60_000);

  it("rejects open requests as cancelled when it is disposed", async () => {
    const worker = start(`parentPort.on("message", () => {});`);
    const waiting = assert.rejects(worker.request("unit/explain", place), { tag: "cancelled" });
    await worker.dispose();
    await waiting;
    await assert.rejects(worker.request("unit/explain", place), { tag: "cancelled" });
  });
});
