/** Nothing of ONNX Runtime is loaded before a run is compared with it: seen in a process of its own. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../cli/terminal";

/** The files of ONNX Runtime and of its engine that a command line has loaded; the client that would start them does not count. */
function loadedBy(...argv: readonly string[]): readonly string[] {
  const main = join(__dirname, "../../../src/cli/main.js");
  const script = `
    const { main } = require(${JSON.stringify(main)});
    const terminal = { folder: process.cwd(), print() {}, warn() {}, input: async () => "" };
    const host = { terminal, version: () => "1.2.3", debug: false };
    main(${JSON.stringify(argv)}, host).then(() => {
      console.log(JSON.stringify(Object.keys(require.cache)));
    });`;
  const output = execFileSync(process.execPath, ["-e", script], {
    cwd: join(root, "examples/gru-packed"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const loaded = JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as string[];
  return loaded.filter((file) =>
    /onnxruntime-web|onnx(?:Thread|Answer)\.js|reference.onnx/.test(file),
  );
}

describe("the embedded ONNX Runtime", function () {
  this.slow(60_000);

  const run = ["run", "gru-packed.unroll.json"];

  it("is not loaded by a run that is compared with nothing of it", () => {
    assert.deepEqual(loadedBy(...run), []);
  });

  it("is loaded where it is asked for", () => {
    assert.notDeepEqual(loadedBy(...run, "--reference", "onnxruntime"), []);
  });
});
