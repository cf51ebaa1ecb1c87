/** Long runs: most mistakes are ruled out by a few steps, and what is said is what the whole run says. */
import assert from "node:assert/strict";
import type { Case } from "../../../../src/diagnosis/base/model";
import { noControl } from "../../../../src/core/control";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { looksLike } from "../../../../src/diagnosis/search/firstLook";
import { groundOf, trySingles } from "../../../../src/diagnosis/search/singles";
import { randomCase, rightOf, underOf } from "../cases";

const lstm = {
  cell: "LSTM",
  inputSize: 24,
  hiddenSize: 96,
  numLayers: 2,
  bidirectional: true,
} as const;
const gru = { cell: "GRU", inputSize: 9, hiddenSize: 12, numLayers: 2 } as const;

function wrongBy(the: Case, id: string): Case {
  return { ...the, reference: underOf(the, id) };
}

/** Which mistakes fit, and which are hidden. */
function answersOf(the: Case, isScreened: boolean): object {
  const ground = groundOf(the);
  assert.ok(ground);
  if (isScreened) assert.equal(ground.screen?.endsEarly, true);
  const tried = trySingles(isScreened ? ground : { ...ground, screen: null });
  const idsOf = (is: "fits" | "isHidden"): string[] =>
    tried.filter((one) => one[is]).map(({ alternative }) => alternative.id);
  return { fits: idsOf("fits"), hidden: idsOf("isHidden") };
}

describe("diagnosis of long runs", () => {
  const long = randomCase({ config: lstm, seqLength: 100, batchSize: 1, largest: 0.1 });

  for (const id of ["gates/iofg", "state/h0-ignored", "lstm/forget-gate-missing", "flip/neither"]) {
    it(`tells ${id} as the whole run does`, () => {
      const the = wrongBy(long, id);
      assert.deepEqual(answersOf(the, true), answersOf(the, false));
    });
  }

  for (const id of ["gates/iofg", "state/h0-ignored", "lstm/forget-gate-missing"]) {
    it(`tells ${id} by an output alone as the whole run does`, () => {
      const { output } = underOf(long, id);
      const the = { ...long, reference: { output, hn: null, cn: null } };
      assert.deepEqual(answersOf(the, true), answersOf(the, false));
    });
  }

  it("rules mistakes out by the last steps of an output alone", () => {
    const { output } = underOf(long, "gates/iofg");
    const ground = groundOf({ ...long, reference: { output, hn: null, cn: null } });
    assert.ok(ground?.screen?.last);
    const screened = trySingles(ground).filter(({ isWhole }) => !isWhole);
    assert.ok(screened.length > 80, String(screened.length));
  });

  it("finds that each layer began where the one below ended, though the first steps do not show it", () => {
    const the = randomCase({ config: gru, seqLength: 40, largest: 0.3 });
    const id = "state/chained-through-layers";
    assert.equal(diagnose(wrongBy(the, id)).findings[0]?.id, id);
  });
});

describe("first look at a large run", () => {
  const large = randomCase({
    config: { ...lstm, inputSize: 256, hiddenSize: 256 },
    ...{ seqLength: 128, batchSize: 1, largest: 0.06 },
  });

  it("says what it looks like", () => {
    assert.equal(looksLike(wrongBy(large, "gates/iofg"), noControl)?.id, "gates/iofg");
  });

  it("says nothing of a right reference, nor of a small run", () => {
    assert.equal(looksLike({ ...large, reference: rightOf(large) }, noControl), null);
    const small = randomCase({ config: lstm });
    assert.equal(looksLike(wrongBy(small, "gates/iofg"), noControl), null);
  });
});
