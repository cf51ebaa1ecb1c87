/** Surrounding layers through a session: their lanes and windows, verdicts and tensors. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import type { LaneId, Side, WindowRequest } from "../../../../src/protocol/run/windowMessages";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { openSession } from "../../../../src/session/openSession";
import type { Session } from "../../../../src/session/session";
import { elementCount, type Shape, type Tensor } from "../../../../src/tensor/tensor";
import { numbersFrom } from "../../support/runs";
import { archiveOf, filesOf, type Tensors } from "../../support/memory";

const next = numbersFrom(3);

function random(shape: Shape): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, next);
  return { dtype: "float32", shape, data };
}

/** nn.Embedding(7, 2), nn.GRU(2, 3, bidirectional=True, batch_first=True), nn.Linear(6, 4). */
const weights: Tensors = {
  "emb.weight": random([7, 2]),
  ...Object.fromEntries(
    ["", "_reverse"].flatMap((suffix) => [
      [`gru.weight_ih_l0${suffix}`, random([9, 2])],
      [`gru.weight_hh_l0${suffix}`, random([9, 3])],
    ]),
  ),
  "fc.weight": random([4, 6]),
  "fc.bias": random([4]),
};

/** B 2, T 5. */
const tokens: Tensor = {
  dtype: "int64",
  shape: [2, 5],
  data: Float64Array.of(3, 1, 4, 1, 5, 0, 2, 6, 5, 3),
};

function open(
  changes: Partial<RunSpec>,
  tensors: Tensors = {},
  content?: string,
): Promise<Session> {
  const io = archiveOf({ x: tokens, ...tensors });
  const archives = filesOf({ w: archiveOf(weights), io });
  const files =
    content === undefined ? archives : { ...archives, text: () => Promise.resolve(content) };
  const spec = { weights: { file: "w" }, input: "io#x", options: { batchFirst: true }, ...changes };
  return openSession(spec, files, { revision: 1, runFile: null, control: noControl });
}

function tensorOf(session: Session, name: string): Tensor {
  const tensor = session.tensors({ states: false }).get(name);
  assert.ok(tensor !== undefined, `no ${name}`);
  return tensor;
}

/** Everything of a lane, units by steps. */
function windowOf(session: Session, lane: LaneId, batch: number, side: Side = "ours"): number[] {
  const request: WindowRequest = {
    lane,
    stateName: "h",
    side,
    batch,
    stepStart: 0,
    stepEnd: 99,
    unitStart: 0,
    unitEnd: 99,
    maxColumns: 99,
    maxRows: 99,
  };
  return [...session.window(request).values];
}

/** The tensor with one element moved by 1. */
function moved(tensor: Tensor, index: number): Tensor {
  const data = tensor.data.slice();
  data[index] = (data[index] ?? NaN) + 1;
  return { ...tensor, data };
}

describe("the lanes of surrounding layers", () => {
  it("lie around those of the module", async () => {
    const { view } = await open({ pipeline: { head: "every" } });
    assert.deepEqual(
      view.lanes.map(({ id, units }) => [id, units]),
      [
        ["tokens", 1],
        ["input", 2],
        ["layer0.forward", 3],
        ["layer0.reverse", 3],
        ["output", 6],
        ["logits", 4],
      ],
    );
    assert.deepEqual(view.lanes[0]?.range, [0, 6]);
    assert.equal(view.lanes[5]?.isFinal, undefined);
  });

  it("name the classes of logits where a file does, and not by words of as many tokens as there are not", async () => {
    const named = { head: "every", classes: "c.txt" } as const;
    const { view } = await open({ pipeline: named }, {}, "no\nyes\nperhaps\n");
    assert.deepEqual(view.surrounding?.classes, [
      [0, "no"],
      [1, "yes"],
      [2, "perhaps"],
    ]);
    const words = { head: "every", vocabulary: "v.txt" } as const;
    const other = await open({ pipeline: words }, {}, "a\nb\n");
    assert.equal(other.view.surrounding?.classes, undefined);
    assert.deepEqual(other.view.surrounding?.words?.[1], [1, "b"]);
  });

  it("hold the tokens of each sequence, step by step", async () => {
    const session = await open({});
    assert.deepEqual(windowOf(session, "tokens", 0), [3, 1, 4, 1, 5]);
    assert.deepEqual(windowOf(session, "tokens", 1), [0, 2, 6, 5, 3]);
  });

  it("hold time-major and unbatched tokens too", async () => {
    const timeMajor = { ...tokens, shape: [5, 2] };
    const session = await open({ options: { batchFirst: false } }, { x: timeMajor });
    assert.deepEqual(windowOf(session, "tokens", 1), [1, 1, 0, 6, 3]);
    const single = { ...tokens, shape: [5], data: tokens.data.slice(0, 5) };
    assert.deepEqual(windowOf(await open({}, { x: single }), "tokens", 0), [3, 1, 4, 1, 5]);
  });

  it("repeat the one token of a one-to-many network", async () => {
    const once = { ...tokens, shape: [2, 1], data: Float64Array.of(3, 6) };
    const options = { batchFirst: true, repeat: 4 };
    const session = await open({ options, pipeline: { head: "every" } }, { x: once });
    assert.deepEqual(windowOf(session, "tokens", 1), [6, 6, 6, 6]);
    assert.deepEqual(tensorOf(session, "logits").shape, [2, 4, 4]);
    assert.deepEqual(tensorOf(session, "embedded").shape, [2, 4, 2]);
  });

  it("hold logits of one step in one column without padding, for any lengths", async () => {
    const session = await open({ pipeline: { head: "h_n" }, lengths: [5, 2] });
    assert.equal(session.view.lanes.at(-1)?.isFinal, true);
    const { data } = tensorOf(session, "logits");
    assert.deepEqual(windowOf(session, "logits", 1), [...data.subarray(4, 8)]);
    const request = { lane: "logits", stateName: "h", side: "ours", batch: 1 } as const;
    const all = { stepStart: 0, stepEnd: 5, unitStart: 0, unitEnd: 4, maxColumns: 9, maxRows: 9 };
    const { columns, valid } = session.window({ ...request, ...all });
    assert.deepEqual([columns, [...valid]], [1, [1, 1, 1, 1]]);
  });
});

describe("the verdicts of surrounding layers", () => {
  async function ownReference(head: "every" | "h_n"): Promise<{ e: Tensor; l: Tensor }> {
    const session = await open({ pipeline: { head } });
    return { e: tensorOf(session, "embedded"), l: tensorOf(session, "logits") };
  }

  const reference = { embedded: "io#e", logits: "io#l" };

  it("stand where data flows, and are equal to themselves", async () => {
    const io = await ownReference("every");
    const { view } = await open({ pipeline: { head: "every" }, reference }, io);
    assert.deepEqual(
      view.verdicts.map(({ name, verdict, total }) => [name, verdict, total]),
      [
        ["embedded", "equal", 20],
        ["logits", "equal", 40],
      ],
    );
    const [embedded, logits] = view.verdicts;
    assert.equal(embedded?.referenceError, 0);
    assert.ok(Number(logits?.referenceError) > 0 && Number(logits?.referenceError) < 1e-6);
  });

  it("name the first element that differs, and count it in its lane", async () => {
    const io = await ownReference("every");
    const wrong = { e: moved(io.e, 12), l: moved(io.l, 4 * 7 + 2) };
    const session = await open({ pipeline: { head: "every" }, reference }, wrong);
    const [embedded, logits] = session.view.verdicts;
    assert.deepEqual(embedded?.firstElement, { step: 1, batch: 1, unit: 0 });
    assert.deepEqual(logits?.firstElement, { step: 2, batch: 1, unit: 2 });
    assert.deepEqual([logits.first, logits.outside], [null, 1]);
    assert.ok(Math.abs(Number(logits.referenceError) - 1) < 1e-6);
    const lane = session.view.lanes.at(-1);
    assert.deepEqual([lane?.reference, lane?.outside], ["full", 1]);
    assert.ok(Math.abs((lane?.deltaRange[0] ?? 0) + 1) < 1e-6);
    const deltas = windowOf(session, "logits", 1, "delta");
    assert.equal(
      deltas.findIndex((delta) => Math.abs(delta) > 0.5),
      2 * 5 + 2,
    );
    assert.equal(session.view.lanes.find(({ id }) => id === "input")?.outside, 1);
  });

  it("compare an input that is embedded already with what it should be", async () => {
    const { e } = await ownReference("h_n");
    const spec = { reference: { embedded: "io#e" } };
    const same = await open(spec, { x: e, e });
    assert.equal(same.view.verdicts[0]?.verdict, "equal");
    const other = await open(spec, { x: moved(e, 3), e });
    assert.deepEqual(other.view.verdicts[0]?.firstElement, { step: 1, batch: 0, unit: 1 });
  });

  it("have no step where logits have none", async () => {
    const io = await ownReference("h_n");
    const wrong = { ...io, l: moved(io.l, 5) };
    const { view } = await open({ pipeline: { head: "h_n" }, reference }, wrong);
    const logits = view.verdicts.find(({ name }) => name === "logits");
    assert.deepEqual(logits?.firstElement, { step: null, batch: 1, unit: 1 });
  });

  it("say which shapes cannot be compared", async () => {
    const io = { ...(await ownReference("every")), e: random([5, 2]) };
    const { view } = await open({ pipeline: { head: "h_n" }, reference }, io);
    assert.deepEqual(
      view.verdicts.map(({ name, verdict, found, expected }) => [name, verdict, found, expected]),
      [
        ["embedded", "cannot-compare", [5, 2], [2, 5, 2]],
        ["logits", "cannot-compare", [2, 5, 4], [2, 4]],
      ],
    );
  });

  it("allow what rounding alone can do, and no more", async () => {
    const io = await ownReference("h_n");
    const { data, ...rest } = io.l;
    const nudged = (by: number): Tensors => ({
      ...io,
      l: { ...rest, data: Float32Array.from(data, (value) => value + by) },
    });
    const tolerance = { rtol: 0, atol: 0 };
    const verdictAt = async (by: number): Promise<string | undefined> => {
      const spec = { pipeline: { head: "h_n" }, reference: { logits: "io#l" }, tolerance } as const;
      return (await open(spec, nudged(by))).view.verdicts[0]?.verdict;
    };
    assert.equal(await verdictAt(1e-7), "rounding");
    assert.equal(await verdictAt(1e-3), "differs");
  });
});

describe("an embedding without a row for a token", () => {
  it("has its shapes and no values", async () => {
    const data = Float64Array.from(tokens.data).fill(7, 9);
    const session = await open({ pipeline: { head: "last" } }, { x: { ...tokens, data } });
    const token = { of: "token", embedding: "emb", index: [1, 4], token: 7, lastRow: 6 };
    assert.deepEqual({ ...session.view.shapes.clash, ...token }, session.view.shapes.clash);
    assert.deepEqual(session.view.lanes, []);
    assert.equal(session.view.surrounding?.linear?.constructorLine, "nn.Linear(6, 4)");
  });
});
