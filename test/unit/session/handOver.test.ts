/** Answers whose buffers are handed over: asked again, they are the same, and the run is as it was. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { freshAnswers as fromArchives } from "../../../src/protocol/archive/workerMessages";
import { handedOver, ownBuffers } from "../../../src/protocol/handOver";
import { freshAnswers } from "../../../src/protocol/run/workerMessages";
import { ArchiveSession } from "../../../src/session/archive/session";
import type { Session } from "../../../src/session/session";
import { buildPyramid } from "../../../src/statistics/tiles/pyramid";
import { readTile, TileCache } from "../../../src/statistics/tiles/tiles";
import { goldenCases, type ForwardCase } from "../support/goldens";
import { archiveOf, openCase } from "../support/memory";
import { present } from "../support/present";
import { sliceOf, sourceFrom } from "../support/tensorSources";

/** Answers as the other thread gets them; what was handed over is gone here. */
function sent(answer: object): unknown {
  const buffers = ownBuffers(answer);
  assert.ok(buffers.length > 0, "the answer has buffers of its own");
  const received: unknown = structuredClone(answer, { transfer: [...buffers] });
  assert.ok(buffers.every(({ byteLength }) => byteLength === 0));
  return received;
}

type FreshAnswer = (typeof freshAnswers)[number];

/** One question for each method, of a whole lane or sequence, where a view of what is kept would be all of it. */
const asked: Readonly<Record<FreshAnswer, (session: Session) => object | Promise<object>>> = {
  "lane/window": (session) =>
    session.window({
      lane: "input",
      stateName: "h",
      side: "ours",
      batch: 0,
      stepStart: 0,
      stepEnd: 99,
      unitStart: 0,
      unitEnd: 99,
      maxColumns: 99,
      maxRows: 99,
    }),
  "finalStates/read": (session) => session.finalStates({ stateName: "h", side: "ours", batch: 0 }),
  "timeline/read": (session) =>
    session.timeline({ lane: "output", stateName: "h", batch: 0, maxColumns: 99 }),
  "residuals/read": (session) =>
    session.residuals(
      {
        layer: session.view.config?.numLayers ?? 1,
        direction: "forward",
        batch: 0,
        from: 0,
        to: 99,
        maxColumns: 99,
      },
      noControl,
    ) ?? {},
  "run/gradients": (session) =>
    session.gradientCurve(
      {
        loss: { kind: "sum" },
        layer: 0,
        direction: "forward",
        batch: 0,
        stepStart: 0,
        stepEnd: 99,
        maxColumns: 99,
      },
      noControl,
    ),
  "unit/explain": (session) =>
    session.explain({
      layer: 0,
      direction: "forward",
      step: 1,
      batch: 0,
      unit: 0,
      stateName: "h",
    }),
};

describe("an answer that is handed over", () => {
  for (const method of freshAnswers) {
    it(`shares nothing with the run: ${method}`, async () => {
      const item = present(
        (goldenCases("forward.json") as readonly ForwardCase[]).find(
          ({ lengths, input }) => lengths === null && input[0].length === 2,
        ),
      );
      const session = await openCase(item);
      const all = (): Promise<object[]> =>
        Promise.all(Object.values(asked).map(async (ask) => ask(session)));
      const before = structuredClone(await all());
      const first = sent(await asked[method](session));
      assert.deepEqual(sent(await asked[method](session)), first);
      assert.deepEqual(await all(), before);
    });
  }

  it("shares nothing with a tensor, nor with what is kept of a large one", async () => {
    const shape = [8, 8];
    const source = sourceFrom(
      Float32Array.from({ length: 64 }, (_, index) => index),
      shape,
    );
    const slice = sliceOf(0, 1, [0, 0]);
    const whole = { slice, rowStart: 0, rowEnd: 8, columnStart: 0, columnEnd: 8 };
    for (const size of [8, 4]) {
      const window = { ...whole, maxRows: size, maxColumns: size, aggregate: "mean" } as const;
      const tile = async (): Promise<object> =>
        readTile(source, { ...window, effort: "exact" }, new TileCache(), noControl);
      const first = sent(await tile());
      assert.deepEqual(sent(await tile()), first);
      const pyramid = await buildPyramid(source, slice, false, noControl);
      const kept = sent(present(pyramid.tile({ ...window, effort: "exact" }, size, size)));
      assert.deepEqual(
        sent(present(pyramid.tile({ ...window, effort: "exact" }, size, size))),
        kept,
      );
    }
    assert.ok(fromArchives.includes("tensor/tile"));
  });

  for (const method of ["statistics", "spectrum"] as const) {
    it(`shares nothing with an archive: tensor/${method}`, async () => {
      const weight = {
        dtype: "float64",
        shape: [2, 2],
        data: Float64Array.of(2, 1, 0, 3),
      } as const;
      const file = { file: "weights.npz", fileBytes: 32, revision: 1 };
      const session = new ArchiveSession(archiveOf({ weight }), file);
      const ask = (): Promise<object> =>
        method === "spectrum"
          ? session.spectrum("weight", noControl)
          : session.statistics({ tensor: "weight", slice: null, effort: "exact" }, noControl);
      const first = sent(await ask());
      assert.deepEqual(sent(await ask()), first);
      assert.ok(fromArchives.includes(`tensor/${method}`));
    });
  }
});

describe("the buffers of an answer", () => {
  const values = new Float32Array(4);

  it("are its own ones only: no views of larger ones, none of shared memory, each once", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    const answer = { values, again: values, part: new Float64Array(4).subarray(1), shared, n: 1 };
    assert.deepEqual(ownBuffers(answer), [values.buffer]);
    assert.deepEqual([ownBuffers(null), ownBuffers("text"), ownBuffers({ n: 1 })], [[], [], []]);
  });

  it("are found at any depth", () => {
    const deep = { blocks: [{ values }, { name: "f", more: { values: new Int8Array(2) } }] };
    assert.deepEqual(
      ownBuffers(deep).map(({ byteLength }) => byteLength),
      [16, 2],
    );
  });

  it("are handed over by the methods that are named", () => {
    const transferOf = handedOver(freshAnswers);
    assert.deepEqual(transferOf({ values }, "lane/window"), [values.buffer]);
    assert.deepEqual(transferOf({ values }, "archive/inspect"), []);
  });
});
