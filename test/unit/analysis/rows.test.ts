/** The rows in which results are compared: their places, their order, their noise. */
import assert from "node:assert/strict";
import type { Comparison } from "../../../src/analysis/compare";
import {
  finalPart,
  outputPart,
  outsidePart,
  PartComparer,
  type ComparedPart,
} from "../../../src/analysis/rows";
import { arraySteps } from "../../../src/analysis/steps";
import { walk } from "../../../src/analysis/walk";
import { noControl } from "../../../src/core/control";
import { text } from "../../../src/core/text";
import { rnnConfig } from "../support/goldens";
import { randomRun } from "../support/runs";

const config = rnnConfig({ numLayers: 2, bidirectional: true });
const exact = { rtol: 0, atol: 0, equalNan: false };

/** Rows of one value beside zeros: `moved` are the rows that differ by 1. */
function values(
  count: number,
  moved: readonly number[],
): Pick<ComparedPart, "units" | "ours" | "reference"> {
  const ours = Float64Array.from({ length: count }, (_, row) => (moved.includes(row) ? 1 : 0));
  return { units: 1, ours: arraySteps(ours, 2), reference: arraySteps(new Float64Array(count), 2) };
}

function compared(part: ComparedPart): Comparison {
  const comparer = new PartComparer(part, exact);
  walk([comparer], noControl, text("Comparing"));
  return comparer.result().comparison;
}

function placesOf(part: ComparedPart): string[] {
  return Array.from({ length: part.count * part.batchSize }, (_, row) => {
    const [index, batch] = [Math.floor(row / part.batchSize), row % part.batchSize];
    const lane = part.laneOf(index);
    return `${lane?.layer} ${lane?.direction} ${part.stepOf(index, batch)} ${batch}`;
  });
}

describe("the rows of the output", () => {
  const firstOf = (
    directionIndex: number,
    moved: readonly number[],
    lengths: readonly number[] | null = null,
  ): string => {
    const run = { config, seqLength: 3, batchSize: 2, lengths };
    const first = compared(outputPart(run, directionIndex, values(6, moved), null)).first;
    return `${first?.layer} ${first?.direction} ${first?.step} ${first?.batch}`;
  };

  it("come in the order of processing, batch by batch", () => {
    assert.equal(firstOf(0, [5, 2, 3]), "1 forward 1 0");
    assert.equal(firstOf(1, [0, 2, 3]), "1 reverse 1 0");
    assert.equal(firstOf(1, [0, 5, 4]), "1 reverse 2 0");
  });

  it("start the reverse at each sequence's own end, and have the padding last", () => {
    // Batch row 1 has two steps: it is processed at t = 1 while row 0 is at t = 2.
    assert.equal(firstOf(1, [2, 3], [3, 2]), "1 reverse 1 1");
    assert.equal(firstOf(1, [5, 0], [3, 2]), "1 reverse 0 0");
  });
});

describe("the rows of final states", () => {
  it("go layer by layer, forward before reverse, at the step that was processed last", () => {
    const run = randomRun({ config, seed: 5, seqLength: 3, batchSize: 2, lengths: [3, 2] });
    assert.deepEqual(placesOf(finalPart(run, "h", values(8, []), null)), [
      ...["0 forward 2 0", "0 forward 1 1", "0 reverse 0 0", "0 reverse 0 1"],
      ...["1 forward 2 0", "1 forward 1 1", "1 reverse 0 0", "1 reverse 0 1"],
    ]);
  });

  it("take the shorter sequence first, and the allowance of the place", () => {
    const run = randomRun({ config, seed: 5, seqLength: 3, batchSize: 2, lengths: [3, 2] });
    assert.equal(compared(finalPart(run, "h", values(8, [0, 1]), null)).first?.batch, 1);
    const noise = Float64Array.of(1, 2, 3, 4, 5, 6);
    const single = randomRun({ config: rnnConfig(), seed: 6, seqLength: 3, batchSize: 2 });
    const measured = {
      floor: 0,
      allowance: [[noise]],
      cellAllowance: [[Float64Array.of(1, 2, 3, 4, 7, 8)]],
      judgedTo: Infinity,
    };
    assert.deepEqual(
      (["h", "c"] as const).map((name) => [
        ...(finalPart(single, name, values(2, []), measured).noise ?? []),
      ]),
      [
        [5, 6],
        [7, 8],
      ],
    );
  });
});

describe("the rows outside the recurrent layers", () => {
  it("stand at no layer, step by step", () => {
    const part = outsidePart({ batchSize: 2 }, 2, values(4, [3, 2]), null);
    const place = { layer: null, direction: null, step: 1, batch: 0, unit: 0 };
    assert.deepEqual(compared(part).first, place);
    const noise = Float64Array.of(0, 0, 1, 0);
    assert.equal(compared({ ...part, noise }).first?.batch, 1);
  });
});

describe("elements outside tolerance", () => {
  it("are counted by row of the batch, where there are several", () => {
    const run = { config, seqLength: 3, batchSize: 2, lengths: null };
    const comparer = new PartComparer(outputPart(run, 0, values(6, [0, 1, 3]), null), exact);
    walk([comparer], noControl, text("Comparing"));
    assert.deepEqual(comparer.result().outsideOfRow, [1, 2]);
  });
});
