/** Files of other frameworks and wrappers: one sentence says what they look like and what to do. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

/** What `unroll inspect` says of a file without a recurrent module. */
async function assertLooks(name: string, file: string, look: RegExp): Promise<void> {
  const listed = await inspected(name, file);
  assert.match(listed, /no recurrent module: the tensors look like/);
  assert.match(listed, look);
  const run = await inCase(name, "run", "--weights", file, "--input", file);
  assert.equal(run.code, 2);
  assert.match(run.stderr, look);
}

describe("field: files without a module that torch.nn has", () => {
  for (const [name, file, look] of [
    ["24-wrappers", "fsdp_shard0.pt", /FSDP flat parameter/],
    ["26-foreign-formats", "lstm_net.mat", /a layer of MATLAB/],
  ] as const) {
    it(`says what ${name}/${file} looks like`, () => assertLooks(name, file, look));
  }

  for (const [name, file, reason] of [
    ["26-foreign-formats", "checkpoint-10", /a folder/],
    ["26-foreign-formats", "empty.pt", /the file is empty/],
    ["26-foreign-formats", "lfs.pt", /git lfs pull/],
    ["26-foreign-formats", "model.ckpt.index", /table of a TensorFlow checkpoint is damaged/],
    ["26-foreign-formats", "model.ckpt.data-00000-of-00001", /TensorFlow checkpoint/],
    ["26-foreign-formats", "net.caffemodel", /Caffe model/],
    ["26-foreign-formats", "net.mlmodel", /Core ML/],
    ["26-foreign-formats", "net.params", /MXNet/],
    ["26-foreign-formats", "net.t7", /Lua Torch/],
    ["26-foreign-formats", "net.tflite", /TensorFlow Lite/],
    ["26-foreign-formats", "old.mat", /MATLAB file of version 5/],
    ["26-foreign-formats", "page.pt", /web page/],
    ["26-foreign-formats", "params.msgpack", /msgpack/],
    ["26-foreign-formats", "rnnoise_data.c", /source code/],
    ["26-foreign-formats", "saved_model.pb", /SavedModel/],
  ] as const) {
    it(`says why ${name}/${file} is not read`, async () => {
      const { code, stderr } = await inCase(name, "inspect", file);
      assert.equal(code, 2);
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /unexpected error/);
    });
  }
});

describe("field: formats that are read, and hold no module", () => {
  it("lists 26-foreign-formats/net.gguf and x.csv", async () => {
    assert.match(await inspected("26-foreign-formats", "net.gguf"), /gguf, 0 tensors/);
    assert.match(await inspected("26-foreign-formats", "x.csv"), /x +float32 +\[2, 3\]/);
    assert.match(await inspected("26-foreign-formats", "rnn_weights.txt"), /float32 +\[2, 3\]/);
  });
});

describe("field: archives around a file of tensors", () => {
  for (const file of ["policy.pth", "ppo_recurrent.zip"]) {
    it(`runs 04-sb3-zip/${file}`, () =>
      assertRuns("04-sb3-zip", {
        flags: ["--weights", `${file}#lstm_actor.`, "--input", "x.npy", "--head", "none"],
        reference: { output: "expected.npz#output" },
      }).then(() => undefined));
  }

  for (const file of ["model.nemo", "model_gz.nemo", "model_best.pth.tar", "weights.pt.gz"]) {
    it(`runs 19-nemo-tar/${file}`, () =>
      assertRuns("19-nemo-tar", {
        flags: ["--weights", file, "--input", "x.npy", "--embedding", "none"],
        reference: { output: "expected.npz#output" },
      }).then(() => undefined));
  }
});

describe("field: wrappers and old modules", () => {
  for (const [file, module] of [
    ["ddp_compile_ckpt.pt", ""],
    ["mp_rank_00_model_states.pt", ""],
    ["swa.pt", ""],
    ["slashes.pt", ""],
    ["upper.pt", ""],
    ["bf16_and_master.pt", "#fp32_master.rnn."],
    ["traced.pt", ""],
    ["frozen.pt", ""],
  ] as const) {
    it(`runs 24-wrappers/${file}`, () =>
      assertRuns("24-wrappers", {
        flags: ["--weights", file + module, "--input", "x.npy"],
        reference: { output: "expected.npz#output" },
      }).then(() => undefined));
  }

  for (const [file, output] of [
    ["bare_lstm.pickle", "output"],
    ["infersent_like.pickle", "output"],
  ] as const) {
    it(`runs 25-old-python2-module/${file}`, () =>
      assertRuns("25-old-python2-module", {
        flags: ["--weights", file, "--input", "x.npy"],
        reference: { output: `expected.npz#${output}` },
      }).then(() => undefined));
  }
});
