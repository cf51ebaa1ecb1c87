import assert from "node:assert/strict";
import {
  advancePlay,
  inputFlip,
  laneProgress,
  outputProgress,
  phaseDuration,
  placeOfPoint,
  playPhases,
  playPoint,
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
