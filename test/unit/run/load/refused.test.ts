/** Runs that cannot be made: shapes that clash, cells without a forward, files that are not there, cancelling. */
import assert from "node:assert/strict";
import { CancelledError, NotFoundError } from "../../../../src/core/errors";
import { clashText } from "../../../../src/model/shapes/clashTexts";
import type { RunView } from "../../../../src/protocol/run/messages";
import { openSession } from "../../../../src/session/openSession";
import type { Session } from "../../../../src/session/session";
import { renderText, text } from "../../../../src/core/text";
import { float64, goldenCases, type ForwardCase } from "../../support/goldens";
import { filesOfCase, open, openCase, specOfCase } from "../../support/memory";

/** A network of two layers and two directions with h0. */
const [deep] = (goldenCases("forward.json") as readonly ForwardCase[]).filter(
  ({ name }) => name === "two directions, two layers, h0",
);
assert.ok(deep !== undefined);

describe("a run whose shapes clash", () => {
  const clash = async (): Promise<{ session: Session; view: RunView }> => {
    const input = float64([[3, 4, 5], new Array<number>(60).fill(0)]);
    const session = await openCase(deep, { tensors: { input } });
    return { session, view: session.view };
  };

  it("has its shape check and no values", async () => {
    const { view } = await clash();
    assert.match(renderText(clashText(view.shapes) ?? text("")), /last axis of input/);
    assert.deepEqual(view.clash?.sentence, clashText(view.shapes));
    assert.match(renderText(view.clash.cause ?? text("")), /no axis of the input has that size/);
    assert.deepEqual([view.lanes, view.verdicts, view.noiseFloor], [[], [], null]);
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
  });

  it("answers every question with an error", async () => {
    const { session } = await clash();
    const window = {
      stepStart: 0,
      stepEnd: 1,
      unitStart: 0,
      unitEnd: 1,
      maxColumns: 1,
      maxRows: 1,
    };
    const questions = [
      () => session.window({ lane: "input", stateName: "h", side: "ours", batch: 0, ...window }),
      () => session.timeline({ lane: "input", stateName: "h", batch: 0, maxColumns: 1 }),
      () => session.finalStates({ stateName: "h", side: "ours", batch: 0 }),
      () =>
        session.explain({
          stateName: "h",
          layer: 0,
          direction: "forward",
          step: 0,
          batch: 0,
          unit: 0,
        }),
      () => session.tensors({ states: true }),
    ];
    for (const ask of questions) assert.throws(ask, NotFoundError);
  });
});

describe("openSession", () => {
  it("says what it is doing and stops when asked", async () => {
    const heard: string[] = [];
    const control = {
      report: (_: number, activity: Parameters<typeof renderText>[0]) =>
        void heard.push(renderText(activity)),
      check: () => {
        throw new CancelledError();
      },
    };
    const options = { revision: 1, runFile: null, control };
    await assert.rejects(openSession(specOfCase(deep), filesOfCase(deep), options), CancelledError);
    assert.deepEqual(heard, ["Reading files"]);
  });

  it("passes on what the files say", async () => {
    await assert.rejects(
      open({ ...specOfCase(deep), h0: "gone.npz" }, filesOfCase(deep)),
      /gone\.npz: the file is not there/,
    );
  });
});
