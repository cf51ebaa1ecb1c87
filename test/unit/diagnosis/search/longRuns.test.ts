/** Long runs: most mistakes are ruled out by a few steps, and what is said is what the whole run says. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import type { Alternative } from "../../../../src/diagnosis/alternatives/alternative";
import { alternativesOf } from "../../../../src/diagnosis/alternatives/registry";
import type { Case } from "../../../../src/diagnosis/base/model";
import type { Run } from "../../../../src/diagnosis/forward/forward";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { looksLike } from "../../../../src/diagnosis/search/firstLook";
import { groundOf, judge, trySingles, type Tried } from "../../../../src/diagnosis/search/singles";
import { runUnder, usesRightStates } from "../../../../src/diagnosis/search/trial";
import { randomCase, rightOf, rightRunOf, underOf } from "../cases";

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
function answersOf(tried: readonly Tried[]): object {
  const idsOf = (is: "fits" | "isHidden"): string[] =>
    tried.filter((one) => one[is]).map(({ alternative }) => alternative.id);
  return { fits: idsOf("fits"), hidden: idsOf("isHidden") };
}

describe("diagnosis of long runs", () => {
  const long = randomCase({ config: lstm, seqLength: 100, batchSize: 1, largest: 0.1 });
  const right = rightRunOf(long);
  /** By the mistake: its run is the same, whatever it is compared with. */
  const wholes = new Map<string, Run>();

  function wholeUnder(alternative: Alternative): Run {
    if (usesRightStates(alternative)) return right;
    const run = wholes.get(alternative.id) ?? runUnder(long, [alternative], { known: right });
    assert.ok(run);
    wholes.set(alternative.id, run);
    return run;
  }

  /** Asserts that parts of the long run tell what the whole run under each mistake does. */
  function assertToldAsWhole(the: Case): void {
    const ground = groundOf(the);
    assert.ok(ground);
    assert.equal(ground.the.model, long.model);
    assert.equal(ground.screen?.endsEarly, true);
    const whole = alternativesOf(the).map((one) => judge(ground, one, wholeUnder(one)));
    assert.deepEqual(answersOf(trySingles(ground)), answersOf(whole));
  }

  for (const id of ["gates/iofg", "state/h0-ignored", "lstm/forget-gate-missing", "flip/neither"]) {
    it(`tells ${id} as the whole run does`, () => {
      assertToldAsWhole(wrongBy(long, id));
    });
  }

  for (const id of ["gates/iofg", "state/h0-ignored", "lstm/forget-gate-missing"]) {
    it(`tells ${id} by an output alone as the whole run does`, () => {
      const { output } = underOf(long, id);
      assertToldAsWhole({ ...long, reference: { output, hn: null, cn: null } });
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
