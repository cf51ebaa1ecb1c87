/** What a run may leave out: tensor names, the module, the layout, the precision. */
import assert from "node:assert/strict";
import { NotFoundError, UnsupportedError } from "../../../../src/core/errors";
import type { Archive } from "../../../../src/formats/base/archive";
import { baseName } from "../../../../src/core/baseName";
import { loadRun, type LoadedRun } from "../../../../src/run/load/load";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { renderText, text } from "../../../../src/core/text";
import { float32, float64 } from "../../support/goldens";
import { archiveOf, filesOf, type Tensors } from "../../support/memory";

const zeros = (...shape: number[]): ReturnType<typeof float32> =>
  float32([shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)]);

/** nn.RNN(2, 3), without biases. */
const rnn: Tensors = { weight_ih_l0: zeros(3, 2), weight_hh_l0: zeros(3, 3) };
/** nn.LSTM(2, 3) and nn.GRU(2, 3), without biases. */
const lstm: Tensors = { weight_ih_l0: zeros(12, 2), weight_hh_l0: zeros(12, 3) };
const gru: Tensors = { weight_ih_l0: zeros(9, 2), weight_hh_l0: zeros(9, 3) };
const spec: RunSpec = { weights: { file: "w.pt" }, input: "x.npz" };

function load(
  inputs: Tensors,
  changes: Partial<RunSpec> = {},
  weights: Archive = archiveOf(rnn, "pytorch"),
): Promise<LoadedRun> {
  const files = filesOf({ "w.pt": weights, "x.npz": archiveOf(inputs) });
  return loadRun({ ...spec, ...changes }, files);
}

function isMissing(pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof NotFoundError && pattern.test(error.message);
}

function notesOf({ notes }: LoadedRun): string[] {
  return notes.map((note) => renderText(note));
}

describe("the tensor of a reference without a name", () => {
  it("is the only one in the file, whatever it is called", async () => {
    assert.deepEqual((await load({ anything: zeros(5, 4, 2) })).input.shape, [5, 4, 2]);
  });

  it("is the one with a usual name before the one that fits", async () => {
    const { input } = await load({ other: zeros(9, 2), x: zeros(5, 4, 2) });
    assert.deepEqual(input.shape, [5, 4, 2]);
  });

  it("is the only one whose shape fits the module", async () => {
    const { input } = await load({ mask: zeros(5, 4), data: zeros(5, 4, 2), label: zeros(2) });
    assert.deepEqual(input.shape, [5, 4, 2]);
  });

  it("must be named when several fit or none does", async () => {
    const question = isMissing(
      /^x\.npz: say which tensor is meant, as x\.npz#a; it has a \[5, 2\]/,
    );
    await assert.rejects(load({ a: zeros(5, 2), b: zeros(4, 2) }), question);
    await assert.rejects(load({ a: zeros(5), b: zeros(4) }), isMissing(/say which tensor/));
    const others = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`o${at}`, zeros(4)]));
    await assert.rejects(
      load({ ...others, a: zeros(5, 2), b: zeros(4, 2) }),
      isMissing(/as x\.npz#a; it has a \[5, 2\], b \[4, 2\], o0 \[4\]/),
    );
    const reference = { output: "x.npz" };
    await assert.rejects(
      load({ x: zeros(5, 2), ...others, y1: zeros(5, 3), y2: zeros(5, 3) }, { reference }),
      isMissing(/it has y1 \[5, 3\], y2 \[5, 3\], x \[5, 2\]/),
    );
    await assert.rejects(load({}), isMissing(/it holds no tensor/));
  });

  it("is found by its own usual name for h0 and the reference", async () => {
    const tensors = {
      x: zeros(5, 4, 2),
      h0: zeros(1, 4, 3),
      output: zeros(5, 4, 3),
      h_n: zeros(1, 4, 3),
    };
    const reference = { output: "x.npz", h_n: "x.npz" };
    const loaded = await load(tensors, { h0: "x.npz", reference });
    assert.equal(loaded.h0, tensors.h0);
    assert.equal(loaded.reference.output, tensors.output);
    assert.equal(loaded.reference.hn, tensors.h_n);
    assert.equal(loaded.reference.cn, null);
  });
});

describe("a reference of 16 bits", () => {
  it("is noted, because the run does not round at every step", async () => {
    const output = { ...zeros(5, 4, 3), dtype: "float16" } as const;
    const loaded = await load({ x: zeros(5, 4, 2), output }, { reference: { output: "x.npz" } });
    const noted = notesOf(loaded).filter((note) => note.startsWith("the reference is float16"));
    assert.equal(noted.length, 1);
    assert.match(noted[0] ?? "", /precision f16 rounds as it does$/);
  });

  it("is not noted when the run rounds as the reference's network did", async () => {
    const c_n = { ...zeros(1, 4, 3), dtype: "bfloat16" } as const;
    const notes = async (precision: "bf16" | "f16"): Promise<string> => {
      const changes = { reference: { c_n: "x.npz" }, options: { precision } };
      return notesOf(await load({ x: zeros(5, 4, 2), c_n }, changes, archiveOf(lstm))).join("|");
    };
    assert.doesNotMatch(await notes("bf16"), /the reference is/);
    assert.match(await notes("f16"), /the reference is bfloat16, .* precision bf16 rounds/);
  });
});

describe("a named tensor", () => {
  it("that is not there is an error that lists what is", async () => {
    await assert.rejects(
      load({ x: zeros(5, 4, 2) }, { input: "x.npz#y" }),
      isMissing(/^x\.npz: there is no tensor y; it has x \[5, 4, 2\]/),
    );
  });

  it("gives lengths, or they are numbers", async () => {
    const tensors = { x: zeros(5, 2, 2), lengths: float64([[2], [5, 3]]) };
    assert.deepEqual((await load(tensors, { lengths: "x.npz" })).lengths, [5, 3]);
    assert.deepEqual((await load(tensors, { lengths: [4, 1] })).lengths, [4, 1]);
    assert.equal((await load(tensors)).lengths, null);
  });
});

describe("lengths from a file", () => {
  it("are refused when they are no finite numbers, which no message could carry", async () => {
    const tensors = { x: zeros(5, 2, 2), lengths: float32([[2], [5, NaN]]) };
    await assert.rejects(
      load(tensors, { lengths: "x.npz#lengths" }),
      (error) =>
        error instanceof UnsupportedError && error.message.startsWith("x.npz: a length is NaN"),
    );
  });
});

describe("the module", () => {
  const tensors: Tensors = {
    "encoder.rnn.weight_ih_l0": zeros(3, 2),
    "encoder.rnn.weight_hh_l0": zeros(3, 3),
    "decoder.rnn.weight_ih_l0": zeros(4, 2),
    "decoder.rnn.weight_hh_l0": zeros(4, 4),
    "decoder.gru.weight_ih_l0": zeros(12, 2),
    "decoder.gru.weight_hh_l0": zeros(12, 4),
  };
  const choose = async (module?: string): Promise<LoadedRun> => {
    const weights = { file: "w.pt", ...(module === undefined ? {} : { module }) };
    return load({ x: zeros(5, 4, 2) }, { weights }, archiveOf(tensors));
  };

  it("is the first unless one is named, and a note says so", async () => {
    const loaded = await choose();
    assert.equal(loaded.module.prefix, "encoder.rnn.");
    assert.match(notesOf(loaded).join("\n"), /3 modules; .* others are: decoder\.rnn, dec/);
  });

  it("is found by its prefix with or without the dot, and by an ending that is its own", async () => {
    for (const name of ["decoder.rnn.", "decoder.rnn"]) {
      assert.equal((await choose(name)).module.prefix, "decoder.rnn.");
    }
    assert.equal((await choose("gru")).module.prefix, "decoder.gru.");
  });

  it("is not guessed from an ending that several have", async () => {
    await assert.rejects(choose("rnn"), isMissing(/no module rnn; it has encoder\.rnn\., decoder/));
    await assert.rejects(choose("oder.rnn"), isMissing(/no module/));
  });

  it("is reported missing in an archive without one", async () => {
    const weights = archiveOf({ "fc.weight": zeros(2, 2) });
    await assert.rejects(
      load({ x: zeros(5, 2) }, {}, weights),
      isMissing(/^w\.pt: no recurrent module found: .*; it has fc\.weight; assign them by hand/),
    );
  });
});

describe("batch_first", () => {
  const batchFirst = async (
    tensors: Tensors,
    changes: Partial<RunSpec> = {},
  ): Promise<[boolean, string]> => {
    const loaded = await load(tensors, changes);
    const notes = notesOf(loaded).filter((note) => note.startsWith("batch_first"));
    return [loaded.config.batchFirst, notes.join("|")];
  };
  const x = zeros(5, 4, 2);

  it("is as given, without a note", async () => {
    assert.deepEqual(await batchFirst({ x }, { options: { batchFirst: true } }), [true, ""]);
    assert.deepEqual(await batchFirst({ x }, { options: { batchFirst: false } }), [false, ""]);
  });

  it("follows from the batch axis of h0, else of the reference h_n", async () => {
    const h0 = { x: zeros(4, 5, 2), h0: zeros(1, 4, 3) };
    assert.deepEqual(await batchFirst(h0, { h0: "x.npz" }), [
      true,
      "batch_first = True follows from h0",
    ]);
    const hn = { x, h_n: zeros(1, 4, 3) };
    assert.deepEqual(await batchFirst(hn, { reference: { h_n: "x.npz" } }), [
      false,
      "batch_first = False follows from h_n of the reference",
    ]);
  });

  it("is assumed to be PyTorch's default when nothing tells, and says so", async () => {
    const assumed = "batch_first = False is assumed, the files do not tell";
    assert.deepEqual(await batchFirst({ x }), [false, assumed]);
    const square = { x: zeros(4, 4, 2), h0: zeros(1, 4, 3) };
    assert.deepEqual(await batchFirst(square, { h0: "x.npz" }), [false, assumed]);
    const neither = { x, h0: zeros(1, 9, 3) };
    assert.deepEqual(await batchFirst(neither, { h0: "x.npz" }), [false, assumed]);
  });

  it("does not matter without a batch", async () => {
    assert.deepEqual(await batchFirst({ x: zeros(5, 2) }), [false, ""]);
  });
});

describe("the cell state", () => {
  const tensors = {
    x: zeros(5, 4, 2),
    hx: zeros(1, 4, 3),
    cx: zeros(1, 4, 3),
    c_n: zeros(1, 4, 3),
  };
  const together = /zeros is assumed: nn\.LSTM takes h0 and c0 together/;

  it("is found by its usual names, before the first step and after the last", async () => {
    const changes = { h0: "x.npz", c0: "x.npz", reference: { c_n: "x.npz" } };
    const loaded = await load(tensors, changes, archiveOf(lstm));
    assert.equal(loaded.c0, tensors.cx);
    assert.equal(loaded.reference.cn, tensors.c_n);
    assert.doesNotMatch(notesOf(loaded).join("|"), together);
  });

  it("is zeros beside an h0, and h0 beside a c0, with a note", async () => {
    const first = await load(tensors, { h0: "x.npz" }, archiveOf(lstm));
    assert.match(notesOf(first).join("|"), /c0 = zeros is assumed: .*, only h0 is given/);
    const second = await load(tensors, { c0: "x.npz" }, archiveOf(lstm));
    assert.match(notesOf(second).join("|"), /h0 = zeros is assumed: .*, only c0 is given/);
    assert.doesNotMatch(notesOf(await load(tensors, {}, archiveOf(lstm))).join("|"), together);
  });

  it("is not read for a cell that has none, and a note says so", async () => {
    const loaded = await load(tensors, { c0: "gone.npz" }, archiveOf(gru));
    assert.equal(loaded.c0, null);
    assert.match(notesOf(loaded).join("|"), /c0 is not used: nn\.GRU has no cell state/);
    assert.doesNotMatch(notesOf(loaded).join("|"), /c_n is not used/);
  });

  it("tells batch_first when nothing else does", async () => {
    const swapped = { x: zeros(4, 5, 2), c0: zeros(1, 4, 3), c_n: zeros(1, 4, 3) };
    const byC0 = await load(swapped, { c0: "x.npz" }, archiveOf(lstm));
    assert.equal(byC0.config.batchFirst, true);
    assert.match(notesOf(byC0).join("|"), /batch_first = True follows from c0/);
    const byCn = await load(swapped, { reference: { c_n: "x.npz" } }, archiveOf(lstm));
    assert.match(notesOf(byCn).join("|"), /follows from c_n of the reference/);
  });
});

describe("options of a cell", () => {
  it("reach it, and a note says what PyTorch computes otherwise", async () => {
    const options = { resetAfter: false, clip: 2 };
    const loaded = await load({ x: zeros(5, 2) }, { options }, archiveOf(gru));
    assert.deepEqual([loaded.config.variant.resetAfter, loaded.config.variant.clip], [false, 2]);
    assert.deepEqual(notesOf(loaded), [
      "not as nn.GRU computes it: the reset gate scales h before the product (reset_after = False)",
      "not as nn.GRU computes it: pre-activations are limited to −2…2",
    ]);
  });

  it("that it does not have are named and change nothing", async () => {
    const options = { resetAfter: false, nonlinearity: "relu" } as const;
    const loaded = await load({ x: zeros(5, 2) }, { options }, archiveOf(lstm));
    assert.equal(loaded.config.variant.resetAfter, true);
    assert.deepEqual(notesOf(loaded), [
      "nonlinearity is not used: nn.LSTM has no such option",
      "resetAfter is not used: nn.LSTM has no such option",
    ]);
  });
});

describe("an input that is repeated", () => {
  it("tells batch_first by its one step, and a note says how often", async () => {
    const loaded = await load({ x: zeros(4, 1, 2) }, { options: { repeat: 3 } });
    assert.deepEqual(loaded.input.shape, [4, 3, 2]);
    assert.equal(loaded.config.batchFirst, true);
    const notes = notesOf(loaded).join("|");
    assert.match(notes, /batch_first = True follows from repeat/);
    assert.match(notes, /the input's one step is given at each of 3 steps/);
    const timeFirst = await load({ x: zeros(1, 4, 2) }, { options: { repeat: 3 } });
    assert.deepEqual(timeFirst.input.shape, [3, 4, 2]);
  });

  it("has one step", async () => {
    const several = load({ x: zeros(5, 4, 2) }, { options: { repeat: 3 } });
    await assert.rejects(several, UnsupportedError);
  });
});

describe("what else is assumed", () => {
  it("is tanh, with a note, unless given", async () => {
    const assumed = await load({ x: zeros(5, 2) });
    assert.equal(assumed.config.nonlinearity, "tanh");
    assert.match(notesOf(assumed).join("\n"), /nonlinearity = tanh is assumed/);
    const given = await load({ x: zeros(5, 2) }, { options: { nonlinearity: "relu" } });
    assert.equal(given.config.nonlinearity, "relu");
    assert.deepEqual(notesOf(given), []);
  });

  it("is float64 for float64 weights, but not for numbers in JSON", async () => {
    const wide: Tensors = {
      weight_ih_l0: float64([[1, 1], [0]]),
      weight_hh_l0: float64([[1, 1], [0]]),
    };
    const precisionOf = async (weights: Archive, changes: Partial<RunSpec> = {}): Promise<string> =>
      (await load({ x: zeros(5, 1) }, changes, weights)).precision;
    assert.equal(await precisionOf(archiveOf(wide)), "f64");
    assert.equal(await precisionOf(archiveOf(wide, "json")), "f32");
    assert.equal(await precisionOf(archiveOf(rnn)), "f32");
    assert.equal(await precisionOf(archiveOf(wide), { options: { precision: "f32" } }), "f32");
  });

  it("does not hide what the reader has noted", async () => {
    const weights = archiveOf(rnn, "pytorch", [text("the optimizer state was not read")]);
    const loaded = await load({ x: zeros(5, 2) }, {}, weights);
    assert.equal(notesOf(loaded)[0], "the optimizer state was not read");
  });
});

describe("baseName", () => {
  it("is the last part of a path or URI, decoded only in a URI", () => {
    assert.equal(baseName("/a/b c.npz"), "b c.npz");
    assert.equal(baseName("C:\\a\\b.npz"), "b.npz");
    assert.equal(baseName("file:///a/b%20c.npz"), "b c.npz");
    assert.equal(baseName("/a/b%20c.npz"), "b%20c.npz");
    assert.equal(baseName("memfs://a/100%.npz"), "100%.npz");
    assert.equal(baseName("x.npz"), "x.npz");
  });
});
