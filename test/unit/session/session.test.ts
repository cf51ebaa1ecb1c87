/** A run from its files to what a panel asks of it. */
import assert from "node:assert/strict";
import { NotFoundError } from "../../../src/core/errors";
import { causeText, clashText } from "../../../src/model/shapes/clashTexts";
import type { UnitRequest } from "../../../src/protocol/run/unitMessages";
import type { Session } from "../../../src/session/session";
import { renderText, text } from "../../../src/core/text";
import { float32, goldenCases, parametersOf, type ForwardCase } from "../support/goldens";
import { archiveOf, filesOf, filesOfCase, open, openCase, specOfCase } from "../support/memory";
import { largestDistance } from "../support/runs";

const cases = goldenCases("forward.json") as readonly ForwardCase[];

function caseNamed(name: string): ForwardCase {
  const found = cases.find((item) => item.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

const deep = caseNamed("batch first, two directions");

function verdictsOf({ view }: Session): string[] {
  return view.verdicts.map(({ name, verdict }) => `${name} ${verdict}`);
}

function sentenceOf({ view }: Session, name: string): string {
  const verdict = view.verdicts.find((each) => each.name === name);
  return verdict === undefined ? "" : renderText(verdict.sentence);
}

describe("a run with its reference", () => {
  for (const item of cases) {
    it(`${item.name}: agrees in float32 and in float64`, async () => {
      for (const keep of [false, true]) {
        const session = await openCase(item, { keep });
        assert.equal(session.view.options.precision, keep ? "f64" : "f32");
        for (const verdict of session.view.verdicts) {
          assert.ok(["equal", "rounding"].includes(verdict.verdict), renderText(verdict.sentence));
        }
        const tensors = session.tensors({ states: true });
        const tolerance = keep ? 1e-13 : 2e-6;
        for (const [name, [shape, values]] of [
          ["output", item.output],
          ["h_n", item.h_n],
        ] as const) {
          assert.deepEqual(tensors.get(name)?.shape, shape);
          assert.ok(largestDistance(tensors.get(name)?.data ?? [], values) < tolerance);
        }
      }
    });

    it(`${item.name}: is the same after postMessage and JSON`, async () => {
      const { view } = await openCase(item);
      assert.deepEqual(structuredClone(view), view);
      assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
    });
  }

  it("has its lanes bottom to top, the last layer and the output beside the reference", async () => {
    const { view } = await openCase(deep);
    assert.deepEqual(
      view.lanes.map(({ id, units, reference }) => `${id} ${units} ${reference}`),
      [
        ...["input 2 none", "layer0.forward 3 none", "layer0.reverse 3 none"],
        ...["layer1.forward 3 full", "layer1.reverse 3 full", "output 6 full"],
      ],
    );
    assert.deepEqual(view.labels, {
      weights: "w",
      input: "io · input",
      h0: "io · h0",
      c0: null,
      lengths: null,
      reference: "io",
      runFile: null,
    });
    assert.equal(
      view.constructorLine,
      "nn.RNN(2, 3, num_layers=2, batch_first=True, bidirectional=True)",
    );
    assert.deepEqual([view.seqLength, view.batchSize, view.unbatched], [4, 3, false]);
    assert.equal(typeof view.noiseFloor, "number");
  });

  it("names the first value that differs and counts the rest", async () => {
    const [shape, values] = deep.output;
    const changed = values.slice();
    // [B, T, 2·H]: batch 1, t = 2, reverse unit 1.
    changed[1 * 24 + 2 * 6 + 4] = (changed[1 * 24 + 2 * 6 + 4] ?? 0) + 0.5;
    const session = await openCase(deep, { tensors: { output: float32([shape, changed]) } });
    assert.deepEqual(verdictsOf(session), ["output differs", "h_n rounding"]);
    const [output] = session.view.verdicts;
    assert.deepEqual(output?.first, { layer: 1, direction: "reverse", step: 2, batch: 1, unit: 1 });
    assert.equal(output.outside, 1);
    assert.match(
      sentenceOf(session, "output"),
      /^output differs: max \|Δ\| 0\.500, 1 of 72 values \(1\.4 %\)/,
    );
    const outside = session.view.lanes.map((lane) => lane.outside);
    assert.deepEqual(outside, [0, 0, 0, 0, 1, 1]);
  });

  it("cannot compare other shapes, compares what fits, and survives JSON with its NaN", async () => {
    const session = await openCase(deep, {
      tensors: { output: float32([[3, 4], new Array<number>(12).fill(0)]) },
    });
    assert.deepEqual(verdictsOf(session), ["output cannot-compare", "h_n rounding"]);
    assert.match(sentenceOf(session, "output"), /w gives \[3, 4, 6\], io · output has \[3, 4\]/);
    assert.deepEqual(JSON.parse(JSON.stringify(session.view)), session.view);
    assert.equal(session.view.lanes.at(-1)?.reference, "none");
  });

  it("fails NaN, unless NaN are asked to be equal", async () => {
    const item = caseNamed("one layer");
    const poisoned = (values: readonly number[]): number[] => [NaN, ...values.slice(1)];
    const tensors = {
      input: float32([item.input[0], poisoned(item.input[1])]),
      output: float32([item.output[0], item.output[1]]),
    };
    const strict = await openCase(item, { tensors });
    assert.deepEqual(strict.view.verdicts[0]?.maxAbs, "NaN");
    assert.deepEqual(JSON.parse(JSON.stringify(strict.view)), strict.view);
    assert.deepEqual(
      strict.view.lanes.map(({ range }) => range.every(Number.isFinite)),
      [...[true, true, true]],
    );

    // NaN at t = 0 of batch row 0 reaches every later step of that row.
    const [steps = 0, batch = 0, units = 0] = item.output[0];
    const expected = item.output[1].map((value, index) =>
      Math.floor(index / units) % batch === 0 ? NaN : value,
    );
    const reference = { ...tensors, output: float32([[steps, batch, units], expected]) };
    const spec = { reference: { output: "io#output" } };
    const refused = await openCase(item, { tensors: reference, spec });
    assert.equal(refused.view.verdicts[0]?.outside, steps * units);
    const equal = await openCase(item, {
      tensors: reference,
      spec: { ...spec, tolerance: { equalNan: true } },
    });
    assert.deepEqual(verdictsOf(equal), ["output rounding"]);
  });

  it("takes the tolerance of the run over the default of the dtype", async () => {
    const strict = await openCase(deep, { spec: { tolerance: { rtol: 0, atol: 0 } } });
    assert.deepEqual(strict.view.tolerance, { rtol: 0, atol: 0, equalNan: false });
    const usual = await openCase(deep);
    assert.deepEqual(usual.view.tolerance, { rtol: 1.3e-6, atol: 1e-5, equalNan: false });
    const wide = await openCase(deep, { keep: true });
    assert.deepEqual(wide.view.tolerance, { rtol: 1e-7, atol: 1e-7, equalNan: false });
  });

  it("has no verdict without a reference, and measures no noise", async () => {
    const { h0, weights, input, options } = specOfCase(deep);
    const bare = {
      weights,
      input,
      ...(h0 === undefined ? {} : { h0 }),
      ...(options === undefined ? {} : { options }),
    };
    const { view } = await open(bare, filesOfCase(deep));
    assert.deepEqual(view.verdicts, []);
    assert.equal(view.noiseFloor, null);
    assert.equal(view.labels.reference, null);
  });
});

describe("the tensors of a run", () => {
  it("have the layout of the input, and the trace is time-major", async () => {
    const tensors = (await openCase(deep)).tensors({ states: true });
    assert.deepEqual(
      [...tensors].map(([name, { shape }]) => `${name} ${shape.join(",")}`),
      [
        ...["output 3,4,6", "h_n 4,3,3", "layer0.forward.h 4,3,3", "layer0.reverse.h 4,3,3"],
        ...["layer1.forward.h 4,3,3", "layer1.reverse.h 4,3,3"],
      ],
    );
    const output = tensors.get("output")?.data ?? [];
    const reverse = tensors.get("layer1.reverse.h")?.data ?? [];
    // batch 2, t 1, reverse unit 0.
    assert.equal(output[2 * 24 + 1 * 6 + 3], reverse[(1 * 3 + 2) * 3]);
  });

  it("have no batch axis when the input has none", async () => {
    const tensors = (
      await openCase(caseNamed("unbatched, two directions, batch_first set"))
    ).tensors({ states: false });
    assert.deepEqual(tensors.get("output")?.shape, [4, 6]);
    assert.deepEqual(tensors.get("h_n")?.shape, [2, 3]);
  });

  it("of a cell have states without a layer axis", async () => {
    const item = caseNamed("one layer");
    const cell = Object.fromEntries(
      item.parameters.map(([name, shape, values]) => [
        name.replace("_l0", ""),
        float32([shape, values]),
      ]),
    );
    const io = archiveOf({
      input: float32(item.input),
      output: float32(item.output),
      h_n: float32([item.h_n[0].slice(1), item.h_n[1]]),
    });
    const session = await open(specOfCase(item), filesOf({ w: archiveOf(cell), io }));
    assert.equal(session.view.constructorLine, "nn.RNNCell(2, 3)");
    assert.deepEqual(verdictsOf(session), ["output rounding", "h_n rounding"]);
    assert.deepEqual(session.tensors({ states: true }).get("h_n")?.shape, [3, 3]);
  });
});

describe("what a panel asks of a run", () => {
  const place: UnitRequest = {
    stateName: "h",
    layer: 1,
    direction: "reverse",
    step: 0,
    batch: 1,
    unit: 2,
  };

  it("is answered from the lanes by their id", async () => {
    const session = await openCase(deep);
    const range = { stepStart: 0, stepEnd: 4, unitStart: 0, unitEnd: 9, maxColumns: 9, maxRows: 9 };
    const { values } = session.window({
      lane: "output",
      stateName: "h",
      side: "ours",
      batch: 1,
      ...range,
    });
    const output = session.tensors({ states: true }).get("output")?.data ?? [];
    assert.deepEqual([values[0], values[1]], [output[24], output[30]]);
    const { norm } = session.timeline({
      lane: "layer0.forward",
      stateName: "h",
      batch: 0,
      maxColumns: 9,
    });
    assert.equal(norm.length, 4);
    const {
      slots,
      units,
      values: hn,
    } = session.finalStates({ stateName: "h", side: "ours", batch: 2 });
    assert.deepEqual([slots, units], [4, 3]);
    assert.equal(hn[3], session.tensors({ states: true }).get("h_n")?.data[(1 * 3 + 2) * 3]);
  });

  it("explains a unit with the reference's value and what is allowed", async () => {
    const session = await openCase(deep);
    const explained = session.explain(place);
    const [reference = NaN, delta = NaN, allowed = NaN] = explained.reference;
    const ours = session.tensors({ states: true }).get("layer1.reverse.h")?.data[1 * 3 + 2] ?? NaN;
    assert.equal(ours - reference, delta);
    assert.ok(allowed >= 1e-5);
    assert.equal(explained.previousStep, 1);
    assert.ok(Math.abs((explained.value[0] ?? NaN) - ours) < 1e-6);
    assert.deepEqual(
      explained.shapes.map(({ name, axes }) => `${name} ${axes}`),
      [
        ...["x [B 3, T 4, 6]", "W_ih [H 3, D·H 6]", "W_hh [H 3, H 3]", "b_ih [H 3]", "b_hh [H 3]"],
        "h [B 3, H 3]",
      ],
    );
    // The output does not have layer 0; h_n has its last step, which is t = 0 for the reverse direction.
    assert.equal(session.explain({ ...place, layer: 0 }).reference.length, 5);
    assert.equal(session.explain({ ...place, layer: 0, step: 1 }).reference.length, 0);
  });

  it("refuses lanes and places that the run does not have", async () => {
    const session = await openCase(deep);
    const bad: Partial<UnitRequest>[] = [
      { step: 4 },
      { step: -1 },
      { batch: 3 },
      { unit: 3 },
      { unit: 0.5 },
      { layer: 2 },
      { step: NaN },
    ];
    for (const change of bad) {
      assert.throws(
        () => session.explain({ ...place, ...change }),
        NotFoundError,
        JSON.stringify(change),
      );
    }
    const request = { lane: "layer9.forward", stateName: "h", batch: 0, maxColumns: 1 } as const;
    assert.throws(
      () => session.timeline(request),
      /there is no lane layer9\.forward; it has input/,
    );
  });
});

describe("a module that lacks a tensor", () => {
  it("says why the reader did not read it", async () => {
    const item = caseNamed("batch first, two directions");
    const parameters = new Map(parametersOf(item));
    parameters.delete("bias_hh_l0");
    const note = text("{0} is compressed by lzf, which is not read", "bias_hh_l0");
    const other = text("{0} is compressed by lzf, which is not read", "elsewhere");
    const io = filesOfCase(item);
    const weights = archiveOf(Object.fromEntries(parameters), "hdf5", [other, note]);
    const files = {
      open: (file: string) => (file === "w" ? Promise.resolve(weights) : io.open(file)),
    };
    const { shapes } = (await open(specOfCase(item), files)).view;
    assert.match(renderText(clashText(shapes) ?? text("")), /bias_hh_l0 is missing/);
    const why = renderText(causeText(shapes) ?? text(""));
    assert.match(why, /\(bias_hh_l0 is compressed by lzf, which is not read\)$/);
  });
});
