/** Lines of code cut for their colours. */
import assert from "node:assert/strict";
import { codeTokens, type CodeLanguage } from "../../../../../src/drawing/run/unit/codeTokens";

const kinds = (source: string, language: CodeLanguage): string[] =>
  codeTokens(source, language)
    .filter(({ kind }) => kind !== "plain")
    .map(({ kind, text }) => `${kind} ${text}`);

describe("codeTokens", () => {
  it("tells Python's parts", () => {
    assert.deepEqual(kinds('for k in [0, 1e-3]:  # for "x"\n    p["weight#1"]', "python"), [
      ...["keyword for", "keyword in", "number 0", "number 1e-3"],
      ...['comment # for "x"', 'string "weight#1"'],
    ]);
  });

  it("tells TypeScript's parts", () => {
    assert.deepEqual(kinds("const a1 = `b // ${c}`; /* return\n */ // 2", "typescript"), [
      ...["keyword const", "string `b // ${c}`", "comment /* return\n */", "comment // 2"],
    ]);
  });

  it("loses nothing, whatever the source is", () => {
    for (const source of ["", '"open', "x = '\\'' + \"\\\"\" # ✓\r\n", "`", "/*", "<b>&amp;</b>"]) {
      for (const language of ["python", "typescript"] as const) {
        const joined = codeTokens(source, language)
          .map(({ text }) => text)
          .join("");
        assert.equal(joined, source);
      }
    }
  });
});
