/** Reading a file again by another worker; files that are damaged, endless, or end their worker. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ArchiveReader } from "../../../../src/host/tensors/archiveReader";
import { RemoteError } from "../../../../src/protocol/rpc";
import { renderText, text, type Text } from "../../../../src/core/text";

/** A worker that needs no bundle: what it does with a request is written in the file that it is to open. */
const script = `
  const { readFileSync, writeFileSync } = require("node:fs");
  const { parentPort } = require("node:worker_threads");
  const { fileURLToPath } = require("node:url");
  let opened;
  parentPort.on("message", ({ id, method, params }) => {
    const answer = (result) => parentPort.postMessage({ type: "answer", id, result });
    if (method === "archive/open") {
      const content = readFileSync(fileURLToPath(params.location), "utf8");
      if (content === "endless") for (;;);
      if (content === "deadly") process.exit(3);
      if (content === "broken") {
        const text = { template: "it is broken", args: [] };
        parentPort.postMessage({ type: "answer", id, error: { tag: "format", text, stack: "" } });
        return;
      }
      opened = content;
      answer({ summary: { revision: params.revision, file: content }, locations: [content] });
    } else if (method === "tensor/info") process.exit(4);
    else if (method === "tensor/write") {
      writeFileSync(params.path + "." + process.pid + ".partial", "half of it");
      if (params.maxBytes === 0) process.exit(5);
    }
    else answer({ opened });
  });
`;

describe("ArchiveReader", () => {
  let folder: string;
  let reader: ArchiveReader | undefined;
  const told: string[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "unroll-reader-"));
    writeFileSync(join(folder, "worker.cjs"), script);
  });
  afterEach(async () => {
    await reader?.dispose();
    assert.equal(reader?.workers, 0);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function write(content: string): void {
    writeFileSync(join(folder, "file"), content);
  }

  function create(onSlow?: () => void, deadline?: number): ArchiveReader {
    told.length = 0;
    const tell = (name: string, about: unknown): void => {
      told.push(`${name} ${String(about)}`);
    };
    reader = new ArchiveReader({
      script: join(folder, "worker.cjs"),
      location: `file://${join(folder, "file")}`,
      readBytes: () => Promise.reject(new Error("not asked for")),
      record: (error) =>
        error instanceof RemoteError ? error.text : text("not of a worker: {0}", String(error)),
      slowAfter: 50,
      ...(deadline === undefined ? {} : { deadline }),
      events: {
        changed: (locations) => {
          tell("changed", `${reader?.summary?.revision} ${locations.join()}`);
        },
        problem: (problem: Text) => {
          tell("problem", renderText(problem));
        },
        // Whether there is time to tell a progress depends on the machine.
        progress: () => undefined,
        slow: () => onSlow?.(),
      },
    });
    return reader;
  }

  const opened = (of: ArchiveReader): Promise<unknown> =>
    of.request("archive/tree", { query: "", open: [], start: 0, count: 1 });

  it("reads a file, and a changed file by another worker", async () => {
    write("one");
    const it = create();
    await it.read();
    assert.equal(it.summary?.file, "one");
    write("two");
    await it.read();
    assert.equal(it.summary.file, "two");
    assert.deepEqual(await opened(it), { opened: "two" });
    assert.deepEqual(told, ["changed 1 one", "changed 2 two"]);
    assert.equal(it.workers, 1);
  });

  it("keeps what it has read while the file is broken", async () => {
    write("one");
    const it = create();
    await it.read();
    write("broken");
    await it.read();
    assert.equal(it.summary?.file, "one");
    assert.equal(it.problem && renderText(it.problem), "it is broken");
    assert.deepEqual(await opened(it), { opened: "one" });
    write("two");
    await it.read();
    assert.equal(it.problem, null);
  });

  it("survives a file that ends its worker", async () => {
    write("deadly");
    const it = create();
    await it.read();
    assert.match(told.join(), /^problem Reading the file ended unexpectedly.*exit code 3$/);
    assert.equal(it.workers, 0);
    write("one");
    await it.read();
    assert.equal(it.summary?.file, "one");
    assert.equal(it.problem, null);
  });

  it("says that the worker of an open file has ended, and reads it again when asked", async () => {
    write("one");
    const it = create();
    await it.read();
    await assert.rejects(it.request("tensor/info", { tensor: "w" }), /exit code 4/);
    assert.match(told.join(), /^changed 1 one,problem .*exit code 4$/);
    await assert.rejects(opened(it), /exit code 4/);
    await it.read();
    assert.deepEqual(await opened(it), { opened: "one" });
  });

  it("tells that an endless file is slow, and stops when it is cancelled", async () => {
    write("endless");
    const it = create(() => {
      it.cancel();
    });
    await it.read();
    assert.deepEqual(told, ["problem Reading the file was cancelled"]);
    assert.equal(it.workers, 0);
  });

  it("gives up an endless file at its deadline, and shows what it had read before", async () => {
    write("one");
    const it = create(undefined, 300);
    // A machine under load may not read this one in time either.
    while (it.summary === null) await it.read();
    write("endless");
    await it.read();
    assert.match(told.join(), /problem file: reading the file was given up after 0 s/);
    assert.deepEqual(await opened(it), { opened: "one" });
    assert.equal(it.workers, 1);
  });

  it("stops reading for work aside when it is cancelled", async () => {
    write("one");
    const it = create();
    await it.read();
    write("endless");
    const answer = it.requestAside("tensor/spectrum", { tensor: "w" });
    it.cancel();
    await assert.rejects(answer, { tag: "cancelled" });
    assert.equal(it.workers, 1);
  });

  it("gives up an endless file when there is a newer one", async () => {
    write("endless");
    let newer: Promise<void> | undefined;
    const it = create(() => {
      write("one");
      newer ??= it.read();
    });
    await it.read();
    await newer;
    assert.ok(it.summary);
    assert.equal(it.summary.revision, 2);
    assert.equal(it.problem, null);
    assert.equal(it.workers, 1);
  });

  it("answers long work by a worker that ends with it", async () => {
    write("one");
    const it = create();
    await it.read();
    const answer = it.requestAside("tensor/spectrum", { tensor: "w" });
    assert.equal(it.workers, 2);
    assert.deepEqual(await answer, { opened: "one" });
    assert.equal(it.workers, 1);
  });

  it("ends all workers, reading or not", async () => {
    write("one");
    const it = create();
    await it.read();
    write("endless");
    const reading = it.read();
    assert.equal(it.workers, 2);
    await it.dispose();
    await reading;
    assert.deepEqual(told, ["changed 1 one"]);
  });

  it("leaves no part of a file that it was writing when its worker ends, or is ended", async () => {
    write("one");
    for (const maxBytes of [0, 1]) {
      const writing = create();
      await writing.read();
      const path = join(folder, "out.npy");
      const request = { tensors: ["w"], slice: null, format: "npy" } as const;
      const written = writing.write({ request, path, maxBytes });
      const failed = assert.rejects(written, RemoteError);
      const partials = (): string[] =>
        readdirSync(folder).filter((name) => name.includes("partial"));
      if (maxBytes > 0) {
        while (partials().length === 0) await sleep(1);
        await writing.dispose();
      }
      await failed;
      assert.deepEqual(partials(), []);
    }
  });
});
