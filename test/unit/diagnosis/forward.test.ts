/** The forward of the diagnosis without any switch is that of the engines, for every cell and option. */
import assert from "node:assert/strict";
import { joinDirections } from "../../../src/analysis/lanes";
import { caseOf } from "../../../src/diagnosis/base/model";
import { forward } from "../../../src/engine/forward";
import { createReadableEngine } from "../../../src/engine/readable/readable";
import { stateSize } from "../../../src/model/config";
import { prepareRun } from "../../../src/run/inputs";
import { engineFor } from "../support/engines";
import { largestDistance, statesOf } from "../support/runs";
import { cellVariants } from "../support/variants";
import { randomInputs, rightRunOf, type CaseOptions } from "./cases";

/** Largest distance between the two forwards: output, h_n and c_n. */
function distanceOf(options: CaseOptions): number {
  const inputs = randomInputs(options);
  const { config } = inputs;
  const ours = rightRunOf({ model: caseOf(inputs).model });
  const { run } = prepareRun(inputs);
  const readable = { name: "readable", create: createReadableEngine };
  const trace = forward(run, { createEngine: engineFor(readable) });
  const output = joinDirections(statesOf(run, trace).at(-1) ?? [], stateSize(config));
  const finals = (of: "hn" | "cn"): number[] => ours.lanes.flat().flatMap((lane) => [...lane[of]]);
  return Math.max(
    largestDistance(ours.output, output),
    largestDistance(finals("hn"), trace.hn),
    largestDistance(config.cell === "LSTM" ? finals("cn") : [], trace.cn ?? []),
  );
}

describe("forward of the diagnosis", () => {
  for (const { name, config, precision } of cellVariants()) {
    if (precision === "f16" || precision === "bf16") continue;
    for (const bidirectional of [false, true]) {
      const own = { ...config, bidirectional };
      const directions = bidirectional ? "two directions" : "one direction";
      it(`${name}, ${directions}: every state that a module returns is the engine's`, () => {
        for (const lengths of [null, [2, 5, 1]]) {
          for (const givenStates of [false, true]) {
            const distance = distanceOf({ config: own, lengths, givenStates });
            assert.ok(distance <= 1e-12, `off by ${distance}`);
          }
        }
      });
    }
  }

  it("reads a single direction from the end", () => {
    const [{ config } = assert.fail()] = cellVariants();
    const own = { ...config, bidirectional: false, reverseOnly: true };
    const distance = distanceOf({ config: own, lengths: [2, 5, 1] });
    assert.ok(distance <= 1e-12, `off by ${distance}`);
  });
});
