/**
 * Embedding → module → linear layer through the command line, against what PyTorch's models computed: logits of the
 * last step, of every step and of h_n, from every weights file of the case.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunSpec } from "../../src/run/spec/spec";
import { fixtures, weightsOf, Workplace } from "./cases";

const folderOf = (id: string): string => join(fixtures, "cases", id);

/** A run of a case, all its arrays in `io.npz`. */
function specOf(id: string, weights: string, changes: Partial<RunSpec> = {}): RunSpec {
  const io = join(folderOf(id), "io.npz");
  const reference = Object.fromEntries(
    Object.entries(changes.reference ?? {}).map(([name, tensor]) => [name, `${io}#${tensor}`]),
  );
  return {
    weights: { file: join(folderOf(id), weights) },
    input: `${io}#input`,
    options: { batchFirst: true },
    ...changes,
    ...(changes.h0 === undefined ? {} : { h0: `${io}#${changes.h0}` }),
    ...(changes.input === undefined ? {} : { input: `${io}#${changes.input}` }),
    reference,
  };
}

const inside = { output: "rnn_output", h_n: "rnn_h_n", logits: "output" };

const models: readonly { id: string; what: string; changes: Partial<RunSpec> }[] = [
  {
    id: "rnnmodel-10-20-2-fc5",
    what: "the last step's logits",
    changes: { pipeline: { head: "last" }, reference: inside },
  },
  {
    id: "embedding-lstm-fc",
    what: "tokens, and logits of h_n in one direction",
    changes: {
      pipeline: { head: "h_n" },
      reference: { ...inside, c_n: "rnn_c_n", embedded: "embedded" },
    },
  },
  {
    id: "embedding-bilstm-fc",
    what: "tokens, and logits of h_n in two directions",
    changes: {
      pipeline: { head: "h_n" },
      reference: { ...inside, c_n: "rnn_c_n", embedded: "embedded" },
    },
  },
  {
    id: "encoder-decoder-gru",
    what: "every step's logits of a decoder that starts from the encoder's state",
    changes: {
      input: "tgt",
      h0: "encoder_h_n",
      pipeline: { head: "every" },
      reference: { output: "decoder_output", h_n: "decoder_h_n", logits: "output" },
    },
  },
];

describe("surrounding layers against PyTorch", () => {
  const place = new Workplace();
  after(() => {
    place.remove();
  });

  for (const { id, what, changes } of models) {
    for (const weights of weightsOf(folderOf(id))) {
      it(`${id}, ${weights}: ${what}`, async () => {
        const spec = specOf(id, weights, changes);
        const module = id === "encoder-decoder-gru" ? { module: "decoder." } : {};
        const run = { ...spec, weights: { ...spec.weights, ...module } };
        const { code, verdicts, error } = await place.check(`${id}-${weights}`, run);
        assert.equal(error, undefined);
        const found = Object.entries(verdicts).map(([name, { verdict }]) => [name, verdict]);
        const passed = found.filter(([, verdict]) => verdict === "equal" || verdict === "rounding");
        assert.deepEqual(passed, found);
        const expected = Object.keys(changes.reference ?? {}).sort();
        assert.deepEqual(Object.keys(verdicts).sort(), expected);
        assert.equal(code, 0);
      });
    }
  }

  it("takes an output with the shape of logits for them, and finds the head by it", async () => {
    const spec = specOf("rnnmodel-10-20-2-fc5", "weights.pt", { reference: { output: "output" } });
    const { code, verdicts } = await place.check("inferred", spec);
    assert.deepEqual(Object.keys(verdicts), ["logits"]);
    assert.equal(code, 0);
  });

  it("tells the head of two directions from the one that reads the last step", async () => {
    const reference = { logits: "output" };
    const wrong = specOf("embedding-bilstm-fc", "weights.pt", {
      pipeline: { head: "last" },
      reference,
    });
    const { code, verdicts } = await place.check("last", wrong);
    assert.equal(code, 1);
    assert.equal(verdicts["logits"]?.verdict, "differs");
    assert.deepEqual(verdicts["logits"].first, { step: null, batch: 0, unit: 0 });
    const found = specOf("embedding-bilstm-fc", "weights.pt", { reference });
    assert.equal((await place.check("implied", found)).code, 0);
  });

  it("runs an encoder without the decoder's linear layer", async () => {
    const spec = specOf("encoder-decoder-gru", "weights.pt", {
      input: "src",
      reference: { output: "encoder_output", h_n: "encoder_h_n" },
    });
    const run = { ...spec, weights: { ...spec.weights, module: "encoder." } };
    const { code, verdicts } = await place.check("encoder", run);
    assert.deepEqual(Object.keys(verdicts), ["output", "h_n"]);
    assert.equal(code, 0);
  });

  it("writes embedded and logits beside the module's own output", async () => {
    const spec = specOf("embedding-bilstm-fc", "weights.pt", {
      pipeline: { head: "every" },
      reference: {},
    });
    const file = place.write("written", spec);
    assert.equal((await place.unroll("run", file, "--out", "written.npz")).code, 0);
    const written = await place.readAll("written.npz");
    const shapes = [...written].map(([name, { shape }]) => `${name} ${shape.join("×")}`).sort();
    assert.deepEqual(shapes, [
      ...["c_n 4×3×7", "embedded 3×8×6", "h_n 4×3×7", "logits 3×8×2", "output 3×8×14"],
    ]);
  });

  it("keeps logits of every step in the layout of the input", async () => {
    const flags = ["--head=every", "--out", "every.npz"];
    const spec = specOf("encoder-decoder-gru", "weights.pt", { input: "tgt", h0: "encoder_h_n" });
    const run = { ...spec, weights: { ...spec.weights, module: "decoder." } };
    await place.unroll("run", place.write("every", run), ...flags);
    const logits = (await place.readAll("every.npz")).get("logits");
    const io = await place.readAll(join(folderOf("encoder-decoder-gru"), "io.npz"));
    const expected = io.get("output");
    assert.deepEqual(logits?.shape, expected?.shape);
    const distances = [...(logits?.data ?? [])].map((value, index) =>
      Math.abs(value - (expected?.data[index] ?? NaN)),
    );
    assert.ok(Math.max(...distances) < 1e-6);
  });

  it("says at which token a run stops", async () => {
    const spec = specOf("embedding-lstm-fc", "weights.pt", { pipeline: { embedding: "fc" } });
    const { code, stderr } = await place.unroll("run", place.write("refused", spec));
    assert.equal(code, 2);
    assert.match(stderr, /fc cannot run: the token at \[0, 0\] of input is 4, its rows are 0 to 3/);
  });

  it("prints the layers that run", async () => {
    const spec = specOf("embedding-lstm-fc", "weights.pt", models[1]?.changes);
    const { stdout } = await place.unroll("check", place.write("heading", spec));
    assert.match(
      stdout,
      /nn\.Embedding\(50, 8\) → nn\.LSTM\(8, 12, batch_first=True\) → nn\.Linear\(12, 4\) of h_n, T 9, B 4/,
    );
    const { stdout: json } = await place.unroll("run", place.write("json", spec), "--json");
    const { pipeline } = JSON.parse(json) as { pipeline: unknown };
    assert.deepEqual(pipeline, { embedding: "embedding", linear: "fc", head: "h_n" });
  });
});
