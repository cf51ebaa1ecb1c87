/** What a run cannot show, by what hides it. */
import assert from "node:assert/strict";
import { renderText, text } from "../../../../../src/core/text";
import { unseenGroups, unseenText } from "../../../../../src/drawing/run/verdict/unseen";
import { mistake } from "./diagnoses";

describe("what a run cannot show", () => {
  const hidden = (id: string, reason: string | null) => ({
    ...mistake(id),
    reason: reason === null ? null : text("{0} is zero", reason),
  });

  it("stands together by what hides it, without a known reason last", () => {
    const groups = unseenGroups([
      ...[hidden("a", null), hidden("b", "h0"), hidden("c", "the bias"), hidden("d", "h0")],
    ]);
    assert.deepEqual(
      groups.map(({ reason, mistakes }) => [
        reason && renderText(reason),
        mistakes.map(({ id }) => id).join(""),
      ]),
      [
        ["h0 is zero", "bd"],
        ["the bias is zero", "c"],
        [null, "a"],
      ],
    );
  });

  it("is counted, and nothing where every mistake would be seen", () => {
    const of = (count: number, isPart: boolean): string => {
      const lookedAt = isPart
        ? { first: 0, steps: 1, rows: 1, where: text("the first step") }
        : null;
      const cannotSee = Array.from({ length: count }, () => hidden("a", null));
      return renderText(unseenText({ cannotSee, lookedAt }));
    };
    assert.match(of(1, false), /^One mistake would leave/);
    assert.match(of(3, true), /^3 mistakes would leave/);
    assert.match(of(0, false), /that can be made with this module/);
    assert.match(of(0, true), /that was tried/);
  });
});
