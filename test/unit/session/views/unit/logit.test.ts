/** How logits are made: the sum of their terms is the logit, and the terms are the states that they are said to be. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../../../src/cli/flags/runSource";
import { noControl } from "../../../../../src/core/control";
import { logitTerms } from "../../../../../src/drawing/run/unit/logitTerms";
import { heads, type Head } from "../../../../../src/model/find/head";
import { FileSet } from "../../../../../src/node/files";
import { openSession } from "../../../../../src/session/openSession";
import type { Session } from "../../../../../src/session/session";

const RUN = join("examples", "text-classifier", "text-classifier.unroll.json");

async function withHead(head: Head, use: (session: Session) => void): Promise<void> {
  const files = new FileSet();
  try {
    const { spec } = await readRun(RUN, { options: {}, tolerance: {} }, ".");
    const { reference, ...bare } = spec;
    assert.ok(reference);
    const session = await openSession({ ...bare, pipeline: { ...bare.pipeline, head } }, files, {
      ...{ revision: 1, runFile: null, control: noControl },
    });
    try {
      use(session);
    } finally {
      session.dispose();
    }
  } finally {
    await files.close();
  }
}

function valueOf(
  session: Session,
  lane: Parameters<Session["window"]>[0]["lane"],
  { step, batch, unit }: { readonly step: number; readonly batch: number; readonly unit: number },
): number | undefined {
  return session.window({
    ...{ lane, stateName: "h", side: "ours", batch, stepStart: step, stepEnd: step + 1 },
    ...{ unitStart: unit, unitEnd: unit + 1, maxColumns: 1, maxRows: 1 },
  }).values[0];
}

describe("an explained logit", () => {
  for (const head of heads) {
    it(`is the sum of its terms, which are states at their places: ${head}`, () =>
      withHead(head, (session) => {
        // Row 2 ends before the others: its padding is behind t = 4.
        for (const [step, batch, unit] of [
          [0, 2, 0],
          [head === "every" ? 3 : 0, 0, 1],
        ] as const) {
          const place = { step, batch, unit };
          const explanation = session.explainLogit(place);
          const [sum = NaN, bias = NaN, stored] = explanation.numbers;
          assert.equal(stored, valueOf(session, "logits", place));
          assert.ok(Math.abs(sum + bias - (stored ?? NaN)) < 1e-6);
          const terms = logitTerms(explanation, unit);
          const total = terms.reduce((all, { product }) => all + product, 0);
          assert.ok(Math.abs(total - sum - bias) < 1e-9);
          assert.equal(terms.length, explanation.weights.length + 1);
          for (const { operand, weightName, product } of terms) {
            if (operand === null) continue;
            const { lane, step: at, unit: own } = operand.source;
            const index = Number(/,(\d+)\]$/.exec(weightName)?.[1]);
            const read = valueOf(session, lane, { step: at, batch, unit: own });
            assert.equal(read, explanation.operands[index]);
            assert.equal(product, (explanation.weights[index] ?? NaN) * (read ?? NaN));
          }
          const sizes = terms.map(({ product }) => Math.abs(product));
          assert.deepEqual(
            sizes,
            [...sizes].sort((left, right) => right - left),
          );
        }
      }));
  }

  it("is one that there is", () =>
    withHead("h_n", (session) => {
      const { parts } = session.explainLogit({ step: 0, batch: 2, unit: 0 });
      assert.deepEqual(
        parts.map(({ direction, step }) => [direction, step]),
        [
          ["forward", 4],
          ["reverse", 0],
        ],
      );
      assert.throws(() => session.explainLogit({ step: 0, batch: 0, unit: 99 }), /no logit 99/);
    }));
});
