/** Modules of an open archive as other frameworks have them: what can be written, and what it consists of. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { NotFoundError, UnsupportedError } from "../../../../src/core/errors";
import { renderText } from "../../../../src/core/text";
import type { KerasRecurrent, KerasWeights } from "../../../../src/formats/base/declared";
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

  it("says before it is written what is stored otherwise", async () => {
    const half = Object.fromEntries(
      Object.entries(lstm).map(
        ([name, tensor]) => [name, { ...tensor, dtype: "bfloat16" }] as const,
      ),
    );
    const asked = { ...request, target: "pytorch", file: "net.npz" } as const;
    const { notes } = await sessionOf(half).prepareModule(asked);
    const said = notes.map((note) => renderText(note)).filter((note) => note.includes("exactly"));
    assert.equal(said.length, 4);
    assert.match(said[0] ?? "", /weight_ih_l0 is written as float32, exactly: .* no bfloat16$/);
  });

  it("names the directions of MLX, which has no module of two", async () => {
    const back = Object.entries(lstm).map(([name, tensor]) => [`${name}_reverse`, tensor] as const);
    const both = sessionOf({ ...lstm, ...Object.fromEntries(back) });
    const asked = { ...request, target: "mlx", file: "net.npz" } as const;
    const { tensors, lines } = await both.prepareModule(asked);
    assert.deepEqual(
      tensors.map(({ name }) => name),
      ["forward", "backward"].flatMap((half) =>
        ["Wx", "Wh", "bias"].map((name) => `layers.0.${half}.${name}`),
      ),
    );
    assert.ok(
      lines.includes('            {"forward": nn.LSTM(3, 2), "backward": nn.LSTM(3, 2)},'),
      lines.join("\n"),
    );
  });

  it("refuses what a framework cannot express before anything is written", async () => {
    const onnx = { ...request, target: "onnx", file: "net.onnx" } as const;
    await assert.rejects(sessionOf(projected).prepareModule(onnx), UnsupportedError);
    const other = { ...onnx, module: "gru." };
    await assert.rejects(sessionOf(lstm).prepareModule(other), NotFoundError);
  });
});

const half = (name: string): KerasWeights => ({
  ...{ kernel: `${name}/0`, recurrentKernel: `${name}/1`, bias: `${name}/2` },
});

/** An LSTM of Keras of I = 3 and H = 2 with its configuration. */
const configured: KerasRecurrent = {
  ...{ framework: "keras", kind: "recurrent", name: "rnn", cell: "LSTM", customClass: null },
  ...{ activation: "tanh", recurrentActivation: "sigmoid", resetAfter: null, timeMajor: null },
  ...{ goBackwards: false, returnSequences: true, isStackedCell: false, isCudnn: false },
  ...{ mask: null, statesFrom: null, readsFrom: null, mergeMode: null, kerasMajor: 3 },
  ...{ forward: half("f"), backward: null },
};

function kerasSession(module: Partial<KerasRecurrent>): ArchiveSession {
  const tensors = Object.fromEntries(
    ["f", "b"].flatMap((name) => [
      ...([[`${name}/0`, ones(3, 8)]] as const),
      ...([[`${name}/1`, ones(2, 8)]] as const),
      ...([[`${name}/2`, ones(8)]] as const),
    ]),
  );
  const archive = { ...archiveOf(tensors, "keras"), declared: [{ ...configured, ...module }] };
  return new ArchiveSession(archive, { file: "net.keras", fileBytes: 1234, revision: 7 });
}

describe("exporting a layer of Keras whose output is another than that of a module", () => {
  const file = { keras: "net.weights.h5", onnx: "net.onnx", mlx: "net.npz" } as const;

  async function written(
    target: keyof typeof file,
    module: Partial<KerasRecurrent>,
  ): Promise<{ readonly code: string; readonly notes: string }> {
    const asked = { ...request, target, file: file[target] };
    const { lines, notes } = await kerasSession(module).prepareModule(asked);
    return {
      code: lines.join("\n"),
      notes: notes.map((note) => renderText(note)).join("\n"),
    };
  }

  function able(module: Partial<KerasRecurrent>): string[] {
    const targets = kerasSession(module).exportTargets(request);
    return targets.filter(({ reasons }) => reasons.length === 0).map(({ id }) => id);
  }

  it("writes how Bidirectional joins its halves, which only Keras can have", async () => {
    const sum = { backward: half("b"), mergeMode: "sum" };
    assert.match((await written("keras", sum)).code, /LSTM\(2, .*\), merge_mode="sum"\),\n/);
    assert.deepEqual(able(sum), ["keras"]);
    // The layer that is made has it: nothing is to be said.
    assert.equal((await written("keras", sum)).notes, "");
    await assert.rejects(written("onnx", sum), /joined by sum, but side by side alone/);
    const concat = { ...sum, mergeMode: "concat" };
    assert.doesNotMatch((await written("keras", concat)).code, /merge_mode/);
    assert.deepEqual(able(concat), ["pytorch", "keras", "onnx", "flax", "mlx"]);
  });

  it("refuses halves that change their directions, but for Keras", async () => {
    const swapped = { backward: half("b"), goBackwards: true };
    assert.match(
      (await written("keras", swapped)).code,
      /go_backwards=True\), backward_layer=keras\.layers\.LSTM\(2, return_sequences=True\)\),\n/,
    );
    assert.deepEqual(able(swapped), ["keras"]);
  });

  it("says in which order the outputs of go_backwards are", async () => {
    const back = { goBackwards: true };
    assert.match((await written("keras", back)).code, /go_backwards=True/);
    const { code, notes } = await written("onnx", back);
    assert.match(notes, /for ONNX gives its outputs in the order of x.*output\[:, ::-1\]/);
    assert.match(code, /\n# output is in the order of x; Keras' layer gave output\[:, ::-1\]$/);
    assert.match((await written("onnx", { ...back, timeMajor: true })).code, /output\[::-1\]$/);
    assert.match((await written("mlx", back)).code, /Keras' layer gave output\[:, ::-1\]$/);
    assert.doesNotMatch((await written("onnx", {})).code, /Keras/);
  });

  it("carries what weights alone do not tell, unless options do", async () => {
    const unknown = { activation: null, recurrentActivation: null, goBackwards: null };
    const { notes } = await written("onnx", unknown);
    assert.match(notes, /tanh and sigmoid are assumed, Keras' default activations/);
    assert.match(notes, /go_backwards = False is assumed/);
    const options = { gateActivation: "hard_sigmoid", reverse: true } as const;
    const asked = { ...request, options, target: "onnx", file: "net.onnx" } as const;
    const told = await kerasSession(unknown).prepareModule(asked);
    assert.doesNotMatch(told.notes.map((note) => renderText(note)).join(), /assumed/);
    assert.doesNotMatch((await written("onnx", {})).notes, /assumed/);
  });

  it("tells the last output alone from all of them", async () => {
    const last = { returnSequences: false };
    assert.match((await written("keras", last)).code, /keras\.layers\.LSTM\(2\),\n/);
    assert.match((await written("onnx", last)).notes, /its last one alone/);
    assert.doesNotMatch((await written("keras", last)).notes, /its last one alone/);
  });
});
