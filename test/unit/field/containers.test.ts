/** Archives with a file of weights inside, wrappers around modules, and formats that are not read. */
import assert from "node:assert/strict";
import { assertRuns, inCase, inspected } from "./support";

describe("field: 04-sb3-zip", () => {
  it("opens the policy within the zip, or alone", async () => {
    assert.match(await inspected("04-sb3-zip", "ppo_recurrent.zip"), /policy\.pth inside is shown/);
    for (const file of ["ppo_recurrent.zip", "policy.pth#lstm_actor."]) {
      await assertRuns("04-sb3-zip", {
        flags: ["--weights", file, "--input", "x.npy", "--head", "none"],
        reference: {
          output: "expected.npz#output",
          h_n: "expected.npz#h_n",
          c_n: "expected.npz#c_n",
        },
      });
    }
  });
});

describe("field: 19-nemo-tar", () => {
  for (const file of ["model.nemo", "model_gz.nemo", "model_best.pth.tar", "weights.pt.gz"]) {
    it(`runs ${file}`, async () => {
      await assertRuns("19-nemo-tar", {
        flags: ["--weights", file, "--input", "x.npy", "--head", "none"],
        reference: { output: "expected.npz#output" },
      });
    });
  }
});

describe("field: 24-wrappers", () => {
  const files: Readonly<Record<string, string>> = {
    "ddp_compile_ckpt.pt": "output",
    "frozen.pt": "output",
    "mp_rank_00_model_states.pt": "output",
    "pruned.pt": "pruned",
    "slashes.pt": "output",
    "swa.pt": "output",
    "traced.pt": "output",
    "upper.pt": "output",
  };
  const flagsOf = (file: string): string[] => [
    ...["--weights", file, "--input", "x.npy", "--head", "none"],
  ];

  for (const [file, output] of Object.entries(files)) {
    it(`runs ${file}`, async () => {
      const reference = { output: `expected.npz#${output}` };
      await assertRuns("24-wrappers", { flags: flagsOf(file), reference });
    });
  }

  it("runs the one of two modules of the same sizes that reproduces the reference, and says so", async () => {
    const printed = await assertRuns("24-wrappers", {
      flags: flagsOf("bf16_and_master.pt"),
      reference: { output: "expected.npz#output" },
    });
    assert.match(
      printed,
      /fp32_master\.rnn\. is shown: of the 2 modules that could be meant it is the one that reproduces/,
    );
    const named = flagsOf("bf16_and_master.pt#model.rnn.");
    const reference = ["--reference", "output=expected.npz#output"];
    const { code, stdout } = await inCase("24-wrappers", "run", ...named, ...reference);
    assert.equal(code, 1);
    assert.match(stdout, /^model\.rnn\. /);
  });

  it("names the flat parameter of FSDP", async () => {
    const { code, stderr } = await inCase("24-wrappers", "run", ...flagsOf("fsdp_shard0.pt"));
    assert.equal(code, 2);
    assert.match(stderr, /an FSDP flat parameter.*FULL_STATE_DICT/);
  });
});

describe("field: 26-foreign-formats", () => {
  const sentences: Readonly<Record<string, RegExp>> = {
    "empty.pt": /the file is empty/,
    "lfs.pt": /Git LFS pointer.*git lfs pull/,
    "lstm_net.mat": /a layer of MATLAB .*rename InputWeights → weight_ih_l0/,
    "model.ckpt.data-00000-of-00001": /values of a TensorFlow checkpoint.*\.index/,
    "model.ckpt.index": /table of a TensorFlow checkpoint is damaged/,
    "net.caffemodel": /Caffe model is not read; convert/,
    "net.gguf": /the file holds no tensors/,
    "net.mlmodel": /Core ML model is not read; open the model/,
    "net.params": /MXNet parameter file is not read; load it/,
    "net.t7": /Lua Torch is not read; load it/,
    "net.tflite": /TensorFlow Lite model is not read; open/,
    "old.mat": /MATLAB file of version 5.*-v7\.3/,
    "page.pt": /a web page \(HTML\).*download it again/,
    "params.msgpack": /msgpack file of Flax is not read; load it/,
    "rnnoise_data.c": /this is source code.*open the file of weights/,
    "saved_model.pb": /TensorFlow SavedModel, which is not read; save/,
  };

  for (const [file, sentence] of Object.entries(sentences)) {
    it(`says in one sentence what ${file} is, and what to do`, async () => {
      const flags = ["--weights", file, "--input", "x.csv"];
      const { code, stdout, stderr } = await inCase("26-foreign-formats", "run", ...flags);
      assert.equal(code, 2, stdout);
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    });
  }
});

describe("field: layers around a module", () => {
  it("10: names those of the whole model, the nearest first, and those that run", async () => {
    const printed = await inspected("10-crnn-embedding-linear", "netCRNN.pth");
    assert.match(
      printed,
      /rnn\.0\.rnn\. {2}nn\.LSTM\(8, 5, bidirectional=True\) → nn\.Linear\(10, 5\); before it the file has module\.cnn\.0 = nn\.Conv2d\(1, 4, 3\), module\.cnn\.1 = BatchNorm\(4\), which a run does not compute: give their result; behind it the file has module\.rnn\.1\.embedding = nn\.Linear\(10, 7\)/,
    );
    assert.match(
      printed,
      /→ nn\.Linear\(10, 7\); before it the file has module\.rnn\.0\.embedding = nn\.Linear\(10, 5\)/,
    );
  });

  it("14: names a layer whose weights lie the other way", async () => {
    assert.match(
      await inspected("14-paddle", "flat.pdparams"),
      /head\.fc = nn\.Linear\(12, 3\), which a run does not compute/,
    );
  });

  it("30: names a convolution two levels below", async () => {
    assert.match(
      await inspected("30-package-dict", "demix.th"),
      /state\.encoder\.0\.0 = nn\.Conv1d\(2, 4, 8\), which a run does not compute/,
    );
  });
});
