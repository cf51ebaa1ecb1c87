import assert from "node:assert/strict";
import {
  advancePlay,
  clockAmong,
  inputFlip,
  isComputed,
  laneProgress,
  outputProgress,
  phaseDuration,
  placeOfPoint,
  playPhases,
  playPoint,
  shownPhases,
} from "../../../../../src/drawing/run/play/order";

const both = { bidirectional: true, numLayers: 2 };
const phases = playPhases(both);

describe("the order in which a run is played", () => {
  it("runs forward, flips, runs reverse, flips back and concatenates, layer by layer", () => {
    const names = phases.map(({ kind, layer, direction }) =>
      [kind, layer, ...(direction === null ? [] : [direction])].join(" "),
    );
    const ofLayer = (layer: number): string[] => [
      ...[`run ${layer} forward`, `flip ${layer} reverse`, `run ${layer} reverse`],
      ...[`flipBack ${layer} reverse`, `concat ${layer}`],
    ];
    assert.deepEqual(names, [...ofLayer(0), ...ofLayer(1)]);
  });

  it("has no flip and no concat where there is one direction", () => {
    const kinds = (config: Parameters<typeof playPhases>[0]): string[] =>
      playPhases(config).map(({ kind }) => kind);
    assert.deepEqual(kinds({ bidirectional: false, numLayers: 3 }), ["run", "run", "run"]);
    assert.deepEqual(kinds({ bidirectional: false, reverseOnly: true, numLayers: 1 }), [
      ...["flip", "run", "flipBack"],
    ]);
  });

  it("has the output once its directions are joined or flipped back, or with each step of the only one", () => {
    const kinds = (config: Parameters<typeof playPhases>[0]): string[] => {
      const all = playPhases(config);
      return [0, all.length - 1.5, all.length - 0.5, all.length].map((clock) => {
        const progress = outputProgress(all, clock, 4);
        return progress.kind === "running" ? `running ${progress.steps}` : progress.kind;
      });
    };
    assert.deepEqual(kinds(both), ["pending", "pending", "whole", "whole"]);
    assert.deepEqual(kinds({ bidirectional: false, reverseOnly: true, numLayers: 1 }), [
      ...["pending", "pending", "whole", "whole"],
    ]);
    assert.deepEqual(kinds({ bidirectional: false, numLayers: 2 }), [
      ...["pending", "pending", "running 3", "whole"],
    ]);
    assert.deepEqual(kinds({ bidirectional: false, numLayers: 1 }), [
      ...["running 1", "running 1", "running 3", "whole"],
    ]);
  });

  it("goes through every step of a direction in its own order", () => {
    const at = (clock: number): number | undefined => {
      const point = playPoint(phases, clock);
      assert.ok(point);
      return placeOfPoint(point, 5)?.step;
    };
    assert.deepEqual([0, 0.2, 0.5, 0.999].map(at), [0, 1, 2, 4]);
    assert.deepEqual([2, 2.2, 2.999].map(at), [4, 3, 0], "reverse: from the last step to t = 0");
    assert.equal(at(1.5), undefined, "a flip has no step");
  });

  it("takes no longer for a hundred thousand steps than for a few dozen, and half of it at twice the speed", () => {
    const [run] = phases;
    assert.ok(run);
    assert.equal(phaseDuration(run, 100_000, 1), phaseDuration(run, 100, 1));
    assert.equal(phaseDuration(run, 100, 2), phaseDuration(run, 100, 1) / 2);
  });

  it("advances over the ends of phases, and ends behind the last one", () => {
    const how = { length: 10, speed: 1 };
    const [run] = phases;
    assert.ok(run);
    const first = phaseDuration(run, 10, 1);
    assert.equal(advancePlay(phases, 0, first / 2, how), 0.5);
    assert.equal(advancePlay(phases, 0.5, first / 2 + 500, how), 1.5);
    assert.equal(advancePlay(phases, 0, 1e9, how), phases.length);
    assert.equal(playPoint(phases, phases.length), null);
  });
});

describe("how far a lane is", () => {
  const forward = { layer: 0, direction: "forward" } as const;
  const reverse = { layer: 0, direction: "reverse" } as const;
  const upper = { layer: 1, direction: "forward" } as const;

  it("is pending, running, turned back, whole", () => {
    assert.deepEqual(laneProgress(phases, 0.5, forward, 4), { kind: "running", steps: 3 });
    assert.deepEqual(laneProgress(phases, 0.5, reverse, 4), { kind: "pending" });
    assert.deepEqual(laneProgress(phases, 1.5, reverse, 4), { kind: "pending" });
    assert.deepEqual(laneProgress(phases, 2.5, reverse, 4), { kind: "running", steps: 3 });
    assert.deepEqual(laneProgress(phases, 3.25, reverse, 4), { kind: "turning", fraction: 0.25 });
    assert.deepEqual(laneProgress(phases, 4.5, reverse, 4), { kind: "whole" });
    assert.deepEqual(laneProgress(phases, 4.5, upper, 4), { kind: "pending" });
    assert.deepEqual(laneProgress(phases, 99, upper, 4), { kind: "whole" });
    assert.deepEqual(laneProgress(phases, 1.5, forward, 4), { kind: "whole" });
  });

  it("has its input flipped while the reverse direction reads it", () => {
    const flipAt = (clock: number, layer = 0): number => inputFlip(playPoint(phases, clock), layer);
    assert.deepEqual(
      [0.5, 1.25, 2.5, 3.5].map((clock) => flipAt(clock)),
      [0, 0.25, 1, 0],
    );
    assert.equal(flipAt(2.5, 1), 0);
  });
});

describe("the phases of what a mode shows", () => {
  const upper = (["forward", "reverse"] as const).map((direction) => ({ layer: 1, direction }));
  const shown = shownPhases(phases, upper);

  it("are those of its lanes, and what joins them", () => {
    assert.deepEqual(
      shown.map(({ kind, direction }) => `${kind} ${direction ?? ""}`.trim()),
      // Of what is flipped nothing is shown.
      ["run forward", "run reverse", "flipBack reverse", "concat"],
    );
    const input = { layer: 0, direction: "forward" } as const;
    assert.equal(
      shownPhases(phases, [input, ...upper]).filter(({ kind }) => kind === "flip").length,
      1,
    );
    const [forward] = upper;
    assert.ok(forward);
    assert.deepEqual(
      shownPhases(phases, [forward]).map(({ kind }) => kind),
      ["run", "concat"],
    );
  });

  it("are all of them where no lane has anything to show", () => {
    assert.deepEqual(shownPhases(phases, []), phases);
  });

  it("take over the clock where it is, or go on with the next one that they have", () => {
    assert.equal(clockAmong(shown, phases, 7.25), 1.25);
    assert.equal(clockAmong(shown, phases, 2.5), 0);
    assert.equal(clockAmong(phases, shown, 1.25), 7.25);
    assert.equal(clockAmong(phases, phases, 1.1), 1.1);
    assert.equal(clockAmong(phases, shown, shown.length), phases.length);
    assert.equal(clockAmong([], phases, 1), 0);
  });

  it("have the lanes that they leave out as a whole, and nothing to be said of the others before they are", () => {
    const has = (clock: number): boolean[] =>
      [
        { id: "layer0.forward", layer: 0, direction: "forward" },
        { id: "layer1.forward", layer: 1, direction: "forward" },
        { id: "layer1.reverse", layer: 1, direction: "reverse" },
        { id: "output", layer: null, direction: null },
        { id: "logits", layer: null, direction: null },
        { id: "input", layer: null, direction: null },
      ].map((lane) => isComputed(shown, clock, lane as Parameters<typeof isComputed>[2], 4));
    assert.deepEqual(has(0.5), [true, false, false, false, false, true]);
    assert.deepEqual(has(1.5), [true, true, false, false, false, true]);
    assert.deepEqual(has(2.5), [true, true, true, false, false, true]);
    assert.deepEqual(has(3.5), [true, true, true, true, true, true]);
  });
});
