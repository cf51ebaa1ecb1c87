/** What workers do, bundled for a page: nothing of Node is in it, and nothing of Node is missed when it runs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { ArchiveWorkerRequests } from "../../../src/protocol/archive/workerMessages";
import { respond, RpcClient, type RequestMap } from "../../../src/protocol/rpc";
import type { HostRequests, WorkerRequests } from "../../../src/protocol/run/workerMessages";
import { threadPort } from "../../../src/node/threadPort";
import type { RunSpec } from "../../../src/run/spec/spec";

/** A thread whose code sees nothing that only Node has; Node itself goes on using some of it. */
const frame = (bundle: string): string => `
  const { parentPort, workerData } = require("node:worker_threads");
  const port = {
    post: (message, transfer) => parentPort.postMessage(message, transfer),
    receive: (handler) => { parentPort.on("message", handler); return () => undefined; },
  };
  delete globalThis.process;
  const start = (function (require, module, exports, process, Buffer, global, setImmediate, __dirname) {
    ${bundle}
    return unroll.start;
  })();
  start(workerData, port);`;

const example = join(process.cwd(), "examples/gru-packed");

describe("the workers in a browser", () => {
  let bundle = "";
  const workers: Worker[] = [];

  before(async () => {
    const { outputFiles } = await build({
      absWorkingDir: process.cwd(),
      entryPoints: ["test/unit/support/webWorker.ts"],
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "unroll",
      target: "chrome122",
      logLevel: "silent",
    });
    bundle = outputFiles[0]?.text ?? "";
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  });

  function clientOf<Requests extends RequestMap<Requests>>(
    kind: "runs" | "archive",
  ): RpcClient<Requests, object> {
    const worker = new Worker(frame(bundle), { eval: true, workerData: kind });
    workers.push(worker);
    const port = threadPort(worker);
    respond<HostRequests, object>(port, {
      "bytes/read": ({ location }) => new Uint8Array(readFileSync(join(process.cwd(), location))),
    });
    return new RpcClient<Requests, object>(port);
  }

  it("run a network and compare it with its reference", async () => {
    const client = clientOf<WorkerRequests>("runs");
    const file = "gru-packed.unroll.json";
    const written = JSON.parse(readFileSync(join(example, file), "utf8")) as RunSpec;
    const inExample = JSON.parse(
      JSON.stringify(written).replace(/"(\w+\.(?:npz|safetensors))/g, '"examples/gru-packed/$1'),
    ) as RunSpec;
    const view = await client.request("run/open", {
      spec: inExample,
      revision: 1,
      runFile: null,
      maxTraceBytes: 2 ** 26,
    });
    assert.deepEqual(
      view.verdicts.map(({ name, verdict }) => [name, verdict]),
      [
        ["output", "rounding"],
        ["h_n", "rounding"],
      ],
    );
  });

  for (const path of [
    "examples/gru-packed/weights.safetensors",
    "examples/gru-packed/batch.npz",
    "test/fixtures/formats/pt/rezipped_deflated.pt",
    "test/fixtures/onnx/gru_hard.onnx",
    "test/fixtures/field/23-keras3/stack.weights.h5",
    "test/fixtures/field/23-keras3/stack.keras",
  ]) {
    it(`read ${path}`, async () => {
      const client = clientOf<ArchiveWorkerRequests>("archive");
      const { summary } = await client.request("archive/open", {
        location: path,
        revision: 1,
        isForPage: true,
      });
      const request = { tensor: summary.first?.name ?? "", slice: null, effort: "exact" } as const;
      const { total } = await client.request("tensor/statistics", request);
      assert.ok(total > 0);
    });
  }
});
