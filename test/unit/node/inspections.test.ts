/** Inspecting several files: no file keeps another waiting, each has a deadline and can be cancelled. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Inspections, type InspectionsOptions } from "../../../src/node/inspections";

/** A worker that needs no bundle: what it does with a file is in the file's name. */
const script = `
  const { parentPort, threadId } = require("node:worker_threads");
  parentPort.on("message", ({ id, params: { location } }) => {
    if (location.startsWith("endless")) for (;;);
    if (location.startsWith("broken")) {
      const text = { template: "it is broken", args: [] };
      parentPort.postMessage({ type: "answer", id, error: { tag: "format", text, stack: "" } });
    } else parentPort.postMessage({ type: "answer", id, result: { file: location, threadId } });
  });
`;

describe("Inspections", () => {
  let folder: string;
  let inspections: Inspections;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-inspections-"));
    writeFileSync(join(folder, "worker.cjs"), script);
  });
  afterEach(() => {
    inspections.dispose();
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function create(options: Partial<InspectionsOptions> = {}): void {
    inspections = new Inspections({
      script: join(folder, "worker.cjs"),
      readBytes: () => Promise.reject(new Error("not asked for")),
      slowAfter: 20,
      ...options,
    });
  }

  const fileOf = async (location: string): Promise<string> =>
    (await inspections.inspect(location)).file;

  it("answers other files while some never end", async () => {
    create();
    const endless = ["endless1", "endless2", "endless3"].map((each) => inspections.inspect(each));
    assert.equal(await fileOf("one"), "one");
    assert.equal(await fileOf("two"), "two");
    await assert.rejects(inspections.inspect("broken"), { tag: "format", message: "it is broken" });
    inspections.dispose();
    const ended = await Promise.allSettled(endless);
    assert.ok(ended.every(({ status }) => status === "rejected"));
  });

  it("ends an inspection at its deadline, and says so", async () => {
    create({ deadline: 100 });
    await assert.rejects(inspections.inspect("endless"), {
      tag: "limit",
      message: /^endless: looking into the file was given up after 0 s/,
    });
    // A machine under load may not come to "one" in time either: then it is asked again.
    const asked = (): Promise<string> => fileOf("one").catch(asked);
    assert.equal(await asked(), "one");
  });

  it("ends a cancelled inspection unless somebody else waits for it", async () => {
    create();
    const [first, second] = [new AbortController(), new AbortController()];
    const look = inspections.inspect("endless", first.signal);
    const same = inspections.inspect("endless", second.signal);
    first.abort();
    await assert.rejects(look, { tag: "cancelled" });
    assert.equal(inspections.threads, 1);
    second.abort();
    await assert.rejects(same, { tag: "cancelled" });
    // The thread of the endless file is gone: what comes next has a new one.
    assert.equal(await fileOf("one"), "one");
    assert.equal(inspections.threads, 1);
    await assert.rejects(inspections.inspect("two", first.signal), { tag: "cancelled" });
  });

  it("inspects a file once when several ask for it", async () => {
    create();
    const [one, again] = await Promise.all([
      inspections.inspect("one"),
      inspections.inspect("one"),
    ]);
    assert.equal(one, again);
  });

  it("keeps threads for the next file, and ends them when no file follows", async () => {
    create({ idleFor: 1 });
    await Promise.all(["one", "two", "three", "four"].map(fileOf));
    assert.ok(inspections.threads <= 2);
    while (inspections.threads > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
