/** A thread that is started before it is needed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SpareThread } from "../../../src/node/spareThread";
import type { StartedThread } from "../../../src/node/startedThread";
import { WorkerClient } from "../../../src/node/workerClient";

/** Each thread leaves a file, and answers a request with its number. */
const script = `
  const { appendFileSync } = require("node:fs");
  const { join } = require("node:path");
  const { parentPort, threadId } = require("node:worker_threads");
  appendFileSync(join(__dirname, "started-" + threadId), "");
  parentPort.on("message", ({ id }) => parentPort.postMessage({ type: "answer", id, result: threadId }));
`;

describe("a spare thread", () => {
  let folder: string;
  let spare: SpareThread;
  const taken: StartedThread[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-"));
    writeFileSync(join(folder, "script.cjs"), script);
    spare = new SpareThread(join(folder, "script.cjs"), 0);
  });
  afterEach(async () => {
    await spare.dispose();
    await Promise.all(taken.splice(0).map(({ worker }) => worker.terminate()));
    rmSync(folder, { recursive: true });
  });

  const started = (): number => readdirSync(folder).filter((name) => name !== "script.cjs").length;

  async function becomeStarted(count: number): Promise<void> {
    while (started() !== count) await delay(1);
  }

  function take(): StartedThread {
    const thread = spare.take();
    taken.push(thread);
    return thread;
  }

  it("is taken by one, who asks it; the next one has a thread of its own", async () => {
    spare.keep();
    await becomeStarted(1);
    const first = take();
    const client = new WorkerClient({
      ...{ script: spare.script, thread: first },
      readBytes: () => Promise.reject(new Error("it reads no file")),
    });
    assert.equal(await client.request("gradients/stop", null), first.worker.threadId);
    assert.equal(started(), 1);
    assert.notEqual(take().worker.threadId, first.worker.threadId);
    await becomeStarted(2);
  });

  it("is one, however often it is asked for", async () => {
    spare.keep();
    await becomeStarted(1);
    spare.keep();
    const { worker } = take();
    spare.keep();
    await becomeStarted(2);
    assert.notEqual(take().worker.threadId, worker.threadId);
    assert.equal(started(), 2);
  });

  it("is forgotten when it has ended by itself", async () => {
    writeFileSync(join(folder, "script.cjs"), `${script}\nsetTimeout(() => process.exit(), 20);`);
    spare.keep();
    await becomeStarted(1);
    while (spare.isResting) await delay(1);
    const { worker } = take();
    await once(worker, "online");
    await becomeStarted(2);
  });

  it("ends with its owner", async () => {
    spare.keep();
    await becomeStarted(1);
    await spare.dispose();
    assert.equal(spare.isResting, false);
    spare.keep();
    await spare.dispose();
    assert.equal(started(), 1);
  });
});
