/** Modules of an open archive as other frameworks have them: what can be written, and what it consists of. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { NotFoundError, UnsupportedError } from "../../../../src/core/errors";
import type { ModuleExportRequest } from "../../../../src/protocol/archive/messages";
import { ArchiveSession } from "../../../../src/session/archive/session";
import type { Tensor } from "../../../../src/tensor/tensor";
import { archiveOf } from "../../support/memory";

function ones(...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: new Float32Array(count).fill(1) };
}

const lstm = {
  "rnn.weight_ih_l0": ones(8, 3),
  "rnn.weight_hh_l0": ones(8, 2),
  "rnn.bias_ih_l0": ones(8),
  "rnn.bias_hh_l0": ones(8),
};
const projected = {
  ...lstm,
  "rnn.weight_hh_l0": ones(8, 1),
  "rnn.weight_hr_l0": ones(1, 2),
};

function sessionOf(tensors: Readonly<Record<string, Tensor>>): ArchiveSession {
  const file = { file: "net.pt", fileBytes: 1234, revision: 7 };
  return new ArchiveSession(archiveOf(tensors, "pytorch"), file);
}

const request = { module: "rnn.", options: {}, inputs: { states: false, lengths: false } } as const;

describe("exporting a module of an open archive", () => {
  it("says which frameworks can have it", () => {
    const able = (tensors: Readonly<Record<string, Tensor>>): string[] =>
      sessionOf(tensors)
        .exportTargets(request)
        .filter(({ reasons }) => reasons.length === 0)
        .map(({ id }) => id);
    assert.deepEqual(able(lstm), ["pytorch", "keras", "onnx", "flax", "mlx"]);
    assert.deepEqual(able(projected), ["pytorch"]);
  });

  it("writes each file, with the lines that load it", async () => {
    const files: readonly Pick<ModuleExportRequest, "target" | "file">[] = [
      { target: "pytorch", file: "net.safetensors" },
      { target: "pytorch", file: "net.npz" },
      { target: "keras", file: "net.weights.h5" },
      { target: "onnx", file: "net.onnx" },
      { target: "mlx", file: "net.safetensors" },
    ];
    for (const each of files) {
      const prepared = await sessionOf(lstm).prepareModule({ ...request, ...each });
      let length = 0;
      const sink = (part: Uint8Array): Promise<void> => {
        length += part.length;
        return Promise.resolve();
      };
      await prepared.write(sink, noControl);
      assert.ok(length > 200, each.file);
      assert.ok(prepared.lines.length > 0, each.file);
    }
  });

  it("refuses what a framework cannot express before anything is written", async () => {
    const onnx = { ...request, target: "onnx", file: "net.onnx" } as const;
    await assert.rejects(sessionOf(projected).prepareModule(onnx), UnsupportedError);
    const other = { ...onnx, module: "gru." };
    await assert.rejects(sessionOf(lstm).prepareModule(other), NotFoundError);
  });
});
