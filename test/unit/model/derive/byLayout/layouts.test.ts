import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import type { Archive } from "../../../../../src/formats/base/archive";
import { constructorLine } from "../../../../../src/model/config";
import { withModules } from "../../../../../src/model/derive/derive";
import type { DType } from "../../../../../src/tensor/dtype";

/** An archive of names and shapes, float32 unless another dtype is given; nothing reads its values. */
function archiveOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  dtypes: Readonly<Record<string, DType>> = {},
): Archive {
  const entries = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape, dtype: dtypes[name] ?? "float32" },
    byteLength: 4 * shape.reduce((product, size) => product * size, 1),
  }));
  const never = (): never => assert.fail("values are read");
  return { format: "npz", entries, notes: [], declared: [], read: never, readBox: never };
}

/** The modules as `prefix: constructor`. */
function modulesIn(shapes: Readonly<Record<string, readonly number[]>>): string[] {
  const { modules } = withModules("net.npz", archiveOf(shapes));
  return modules.map(({ prefix, config }) => `${prefix}: ${constructorLine(config)}`);
}

function remarksOf(shapes: Readonly<Record<string, readonly number[]>>): string {
  const { modules } = withModules("net.npz", archiveOf(shapes));
  return modules
    .flatMap(({ facts }) => facts.remarks ?? [])
    .map((text) => renderText(text))
    .join("; ");
}

/** An LSTMCell of PyTorch. */
function cell(prefix: string, input: number, hidden: number): Record<string, number[]> {
  return {
    [`${prefix}weight_ih`]: [4 * hidden, input],
    [`${prefix}weight_hh`]: [4 * hidden, hidden],
    [`${prefix}bias_ih`]: [4 * hidden],
    [`${prefix}bias_hh`]: [4 * hidden],
  };
}

const mlx = { "rnn.Wx": [8, 3], "rnn.Wh": [8, 2], "rnn.bias": [8] };

describe("modules that layouts recognise", () => {
  it("need all of their tensors, in shapes that fit each other", () => {
    assert.deepEqual(modulesIn(mlx), ["rnn.: nn.LSTM(3, 2, batch_first=True)"]);
    assert.deepEqual(modulesIn({ "rnn.Wx": [8, 3], "rnn.bias": [8] }), []);
    assert.deepEqual(modulesIn({ ...mlx, "rnn.Wh": [8, 3] }), []);
    assert.deepEqual(modulesIn({ ...mlx, "rnn.bias": [6] }), []);
    assert.deepEqual(modulesIn({ ...mlx, "rnn.Wh": [0, 2] }), []);
  });

  it("are not looked for where the names are another framework's", () => {
    const flaxMgu = { "c.if.kernel": [3, 2], "c.in.kernel": [3, 2], "c.hf.kernel": [2, 2] };
    assert.deepEqual(modulesIn({ ...flaxMgu, "c.hn.kernel": [2, 2] }), []);
    assert.deepEqual(modulesIn({ "mlp/linear/w": [7, 8], "mlp/linear/b": [8] }), []);
    assert.deepEqual(modulesIn({ "dense/kernel": [5, 8], "dense/bias": [8] }), []);
  });

  it("say what is assumed where matrices are square", () => {
    assert.match(
      remarksOf({ Wxh: [3, 3], Whh: [3, 3], bias: [3] }),
      /a row is assumed for each unit/,
    );
    assert.doesNotMatch(remarksOf(mlx), /square/);
  });

  it("may have several dtypes of floating point", () => {
    const found = (dtype: DType): number =>
      withModules("net.npz", archiveOf(mlx, { "rnn.bias": dtype })).modules.length;
    assert.equal(found("float64"), 1);
    assert.equal(found("bfloat16"), 1);
    assert.equal(found("int32"), 0);
  });

  it("are more than matrices with common names", () => {
    const pair = { W: [4, 4], U: [4, 4] };
    const rnn = [": nn.RNN(4, 4)"];
    assert.deepEqual(modulesIn(pair), []);
    assert.deepEqual(modulesIn({ ...pair, V: [4, 4], S: [4] }), []);
    assert.deepEqual(modulesIn({ ...pair, b: [4] }), rnn);
    assert.deepEqual(modulesIn({ ...pair, b: [4], V: [4, 4] }), []);
    assert.deepEqual(modulesIn({ "rnn.W": [4, 3], "rnn.U": [4, 4] }), [
      "rnn.: nn.RNN(3, 4, bias=False)",
    ]);
    assert.deepEqual(modulesIn({ W: [16, 3], U: [16, 4] })[0], ": nn.LSTM(3, 4, bias=False)");
    const dense = { "mlp.dense_i.kernel": [8, 8], "mlp.dense_h.kernel": [8, 8] };
    assert.deepEqual(modulesIn(dense), ["mlp.: nn.RNN(8, 8, bias=False)"]);
    assert.deepEqual(modulesIn({ ...dense, "mlp.dense_o.kernel": [8, 8] }), []);
    assert.deepEqual(modulesIn({ "mlp/i/kernel": [8, 8], "mlp/h/kernel": [8, 8] }).length, 1);
    const further = { "mlp/i/kernel": [8, 8], "mlp/h/kernel": [8, 8], "mlp/o/kernel": [8, 8] };
    assert.deepEqual(modulesIn(further), []);
  });

  it("take each tensor once, with the names that explain most of it", () => {
    const gated = (names: readonly string[], shape: number[]): Record<string, number[]> =>
      Object.fromEntries(names.map((name) => [name, shape]));
    const matrices = ["i", "f", "g", "o"].flatMap((gate) => [`W_x${gate}`, `W_h${gate}`]);
    const lstm = gated(matrices, [5, 5]);
    const biases = gated(["b_i", "b_f", "b_g", "b_o"], [5]);
    assert.deepEqual(modulesIn({ ...lstm, ...biases }), [": nn.LSTM(5, 5)"]);
    assert.deepEqual(modulesIn(lstm), [": nn.LSTM(5, 5, bias=False)"]);
    const gru = ["r", "z", "n"].flatMap((gate) => [`enc.W_x${gate}`, `enc.W_h${gate}`]);
    assert.deepEqual(modulesIn(gated(gru, [1, 1])), ["enc.: nn.GRU(1, 1, bias=False)"]);
  });

  const layer = (prefix: string, input: number): Record<string, number[]> => ({
    ...{ [`${prefix}Wx`]: [8, input], [`${prefix}Wh`]: [8, 2], [`${prefix}bias`]: [8] },
  });

  it("are two directions of MLX where the names say so", () => {
    const [first] = modulesIn({
      ...layer("layers.0.forward.", 2),
      ...layer("layers.0.backward.", 2),
    });
    assert.equal(first, "layers.0.: nn.LSTM(2, 2, batch_first=True, bidirectional=True)");
    const [both] = modulesIn({
      ...{ ...layer("layers.0.forward.", 3), ...layer("layers.0.backward.", 3) },
      ...{ ...layer("layers.1.forward.", 4), ...layer("layers.1.backward.", 4) },
    });
    assert.equal(
      both,
      "layers.: nn.LSTM(3, 2, num_layers=2, batch_first=True, bidirectional=True)",
    );
  });

  it("may be two directions of MLX where the names do not tell", () => {
    const square = { ...layer("layers.0.", 2), ...layer("layers.1.", 2) };
    const found = modulesIn(square);
    assert.equal(found[0], "layers.: nn.LSTM(2, 2, num_layers=2, batch_first=True)");
    const reading = "layers.bidirectional.: nn.LSTM(2, 2, batch_first=True, bidirectional=True)";
    assert.equal(found[1], reading);
    assert.match(remarksOf(square), /assumed to be two directions of each layer/);
    const four = [0, 1, 2, 3].map((number) => layer(`net.layers.${number}.`, 4));
    assert.equal(
      modulesIn(Object.assign({}, ...four) as Record<string, number[]>)[0],
      "net.layers.bidirectional.: nn.LSTM(4, 2, num_layers=2, batch_first=True, bidirectional=True)",
    );
    const stack = { ...layer("layers.0.", 3), ...layer("layers.1.", 2) };
    assert.doesNotMatch(modulesIn(stack).join(), /bidirectional/);
    assert.doesNotMatch(modulesIn({ ...square, ...layer("layers.2.", 2) }).join(), /bidirectional/);
  });

  it("are named with the tensors that they leave out", () => {
    const { modules } = withModules("net.npz", archiveOf({ ...mlx, "rnn.layer_norm.weight": [2] }));
    const said = modules.flatMap(({ facts }) => facts.departures).map((each) => renderText(each));
    assert.match(said.join(), /which looks like layer normalisation/);
  });

  it("are Equinox' where PyTorch's names have one bias", () => {
    const shapes = { "c.weight_ih": [8, 3], "c.weight_hh": [8, 2], "c.bias": [8] };
    assert.deepEqual(modulesIn(shapes), ["c.: nn.LSTM(3, 2)"]);
    assert.deepEqual(modulesIn(cell("c.", 3, 2)), ["c.: nn.LSTMCell(3, 2)"]);
  });
});

describe("cells that are put together", () => {
  it("are layers as long as each fits the one before", () => {
    const stack = { ...cell("r.0.", 5, 3), ...cell("r.1.", 3, 3), ...cell("r.2.", 4, 3) };
    assert.ok(modulesIn(stack).includes("r.: nn.LSTM(5, 3, num_layers=2)"));
    assert.match(remarksOf(stack), /assumed to be the layers of one module.*r\.0, r\.1$/);
  });

  it("are none where hidden sizes differ, or nothing counts", () => {
    for (const shapes of [
      { ...cell("r.0.", 5, 3), ...cell("r.1.", 3, 4) },
      { ...cell("encoder.", 5, 3), ...cell("decoder.", 3, 3) },
      cell("r.0.", 5, 3),
    ]) {
      assert.ok(modulesIn(shapes).every((line) => line.includes("nn.LSTMCell")));
    }
  });

  for (const [forward, reverse, prefix] of [
    ["cell_f.", "cell_b.", "cell."],
    ["fwd.", "bwd.", ""],
    ["enc.forward_cell.", "enc.backward_cell.", "enc.cell."],
    ["LSTM_FW.", "LSTM_BW.", "LSTM."],
  ] as const) {
    it(`are the directions ${forward} and ${reverse}`, () => {
      const lines = modulesIn({ ...cell(forward, 5, 3), ...cell(reverse, 5, 3) });
      assert.equal(lines[0], `${prefix}: nn.LSTM(5, 3, bidirectional=True)`);
    });
  }

  it("are no directions where a letter is part of a word", () => {
    const shapes = { ...cell("half.", 5, 3), ...cell("halb.", 5, 3) };
    assert.ok(modulesIn(shapes).every((line) => line.includes("nn.LSTMCell")));
  });
});

describe("arrays of a list", () => {
  it("may be dense layers where no gates tell", () => {
    const said = remarksOf({ arr_0: [5, 20], arr_1: [20, 20], arr_2: [20] });
    assert.match(said, /^may be a Keras SimpleRNN; or dense layers/);
    assert.match(said, /tanh is assumed/);
    assert.doesNotMatch(said, /sigmoid|recognised/);
    const gated = remarksOf({ arr_0: [5, 80], arr_1: [20, 80], arr_2: [80] });
    assert.match(gated, /^recognised by its names and shapes: Keras LSTM/);
  });

  it("may be two directions or two layers, and both are said", () => {
    const square = { arr_0: [3, 12], arr_1: [3, 12], arr_2: [12] };
    const both = { ...square, arr_3: [3, 12], arr_4: [3, 12], arr_5: [12] };
    assert.deepEqual(modulesIn(both), [
      "bidirectional_lstm_0.: nn.LSTM(3, 3, bidirectional=True)",
      "stacked_lstm_0.: nn.LSTM(3, 3, num_layers=2)",
      "lstm_0.: nn.LSTM(3, 3)",
      "lstm_3.: nn.LSTM(3, 3)",
    ]);
    const clear = { ...both, arr_0: [5, 12], arr_3: [5, 12] };
    assert.equal(modulesIn(clear)[0], "bidirectional_lstm_0.: nn.LSTM(5, 3, bidirectional=True)");
  });

  it("are none without recurrent sizes", () => {
    assert.deepEqual(modulesIn({ arr_0: [4, 8], arr_1: [8], arr_2: [8, 8], arr_3: [8] }), []);
    assert.deepEqual(modulesIn({ arr_0: [4, 4], arr_1: [4, 4] }), []);
  });
});
