/** Silent traps: each is said where the files show it, and not where they do not. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import type { RecurrentConfig } from "../../../../src/model/config";
import type { RunSpec } from "../../../../src/run/spec/spec";
import { checked, type Shapes } from "../runs";

const gru = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;
const told = { options: { batchFirst: false } } as const;
const h0 = "io.npz#h0";

type Case = readonly [
  name: string,
  config: Partial<RecurrentConfig>,
  io: Shapes,
  more: Partial<RunSpec>,
  expected: readonly string[],
];

const cases: readonly Case[] = [
  ["nothing says which axis is the batch", gru, { x: [5, 2, 3] }, {}, ["layout-assumed"]],
  ["the run file says it", gru, { x: [5, 2, 3] }, told, []],
  ["h0 shows it", gru, { x: [5, 2, 3], h0: [1, 2, 4] }, { h0 }, []],
  [
    "a reference's h_n shows it",
    gru,
    { x: [5, 2, 3], h: [1, 2, 4] },
    { reference: { h_n: "io.npz#h" } },
    [],
  ],
  ["batch and steps are equal", gru, { x: [5, 5, 3] }, told, ["batch-equals-steps"]],
  ["the input has two axes", gru, { x: [5, 3] }, told, ["unbatched-input"]],
  ["a cell takes two axes", { ...gru, isCellClass: true }, { x: [5, 3] }, told, []],
  ["I is H", { ...gru, inputSize: 4 }, { x: [5, 2, 4] }, told, ["input-equals-hidden"]],
  [
    "L·D is B",
    { ...gru, numLayers: 2 },
    { x: [5, 2, 3], h0: [2, 2, 4] },
    { ...told, h0 },
    ["slots-equal-batch"],
  ],
  [
    "h0 is for one sequence",
    gru,
    { x: [5, 2, 3], h0: [1, 1, 4] },
    { ...told, h0 },
    ["state-broadcast"],
  ],
  ["h0 has no batch axis", gru, { x: [5, 2, 3], h0: [4] }, { ...told, h0 }, ["state-broadcast"]],
  ["there is one sequence", gru, { x: [5, 1, 3], h0: [1, 1, 4] }, { ...told, h0 }, []],
  [
    "a length is beyond the input",
    gru,
    { x: [5, 2, 3] },
    { ...told, lengths: [7, 2] },
    ["length-beyond-input"],
  ],
  ["lengths fit", gru, { x: [5, 2, 3] }, { ...told, lengths: [5, 2] }, []],
];

describe("silent traps", () => {
  for (const [name, config, io, more, expected] of cases) {
    it(`${name}: ${expected.join(" and ") || "none"}`, async () => {
      const { traps } = await checked(config, io, more);
      assert.deepEqual(
        traps.map(({ id }) => id),
        expected,
      );
      for (const { sentence } of traps)
        assert.doesNotMatch(renderText(sentence), /\{\d\}|undefined/);
    });
  }
});
