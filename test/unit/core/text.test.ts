/** Sentences with arguments, in English and translated. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { cut, foreign, plainEnglish, renderText, text, visible } from "../../../src/core/text";

describe("renderText", () => {
  it("puts arguments in their places, numbers and sentences among them", () => {
    const inner = text("{0} steps", 5);
    assert.equal(
      renderText(text("{1} before {0}, {1} again", inner, "T")),
      "T before 5 steps, T again",
    );
  });

  it("translates the outer and the inner sentence, with places in another order", () => {
    const words: Readonly<Record<string, string>> = {
      "{0}: {1}": "{1}（{0}）",
      "the file is empty": "文件是空的",
    };
    const message = text("{0}: {1}", "a.npy", text("the file is empty"));
    assert.equal(
      renderText(message, {
        ...plainEnglish,
        translate: (template) => words[template] ?? template,
      }),
      "文件是空的（a.npy）",
    );
  });

  it("leaves braces of arguments and places without argument as they are", () => {
    assert.equal(renderText(text("{0} {1} {x}", "{1}")), "{1} {1} {x}");
    assert.equal(renderText(text("$& {0}", "$1$&")), "$& $1$&");
  });

  it("keeps an argument that is 0 or empty", () => {
    assert.equal(renderText(text("[{0}|{1}]", 0, "")), "[0|]");
  });

  it("survives a message", () => {
    const message = text("{0} of {1}", 3, text("{0} steps", 4));
    assert.deepEqual(structuredClone(message), message);
    assert.deepEqual(JSON.parse(JSON.stringify(message)), message);
  });

  it("hands foreign parts to the surface, each by itself, and ours not", () => {
    const message = text("[{0}] {1} {2} {3}", "a", 1, text("b {0}", "c"), ["d", "e"]);
    const surface = { ...plainEnglish, foreign: (part: string) => `<${part}>` };
    assert.equal(renderText(message, surface), "[<a>] 1 b <c> <d>, <e>");
  });

  it("lists a dozen names and tells that there are more", () => {
    const names = Array.from({ length: 13 }, (_, index) => String(index));
    assert.equal(renderText(text("{0}", names)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …");
    assert.equal(renderText(text("{0}", names.slice(1))), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12");
  });
});

describe("foreign text", () => {
  it("shows characters that control a terminal or change the direction of writing", () => {
    assert.equal(
      visible("a\u001b\u0000\u009b\u202e\u2066\u200f\u061c\u2028\n\ud800b"),
      String.raw`a\u{1b}\u{0}\u{9b}\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{a}\u{d800}b`,
    );
    assert.equal(visible("权重.weight ✓ 😀"), "权重.weight ✓ 😀");
  });

  it("has no control characters, whatever it holds", () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 });
    fc.assert(
      fc.property(units, (codes) => {
        const rendered = renderText(foreign(String.fromCharCode(...codes)));
        assert.doesNotMatch(rendered, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  it("is cut in its middle where it is long, never inside a character", () => {
    const name = `encoder.${"n".repeat(1_000_000)}.weight_ih_l0`;
    const shown = renderText(text("there is no tensor {0}", name));
    assert.ok(shown.length < 200, String(shown.length));
    assert.match(shown, /^there is no tensor encoder\.n+…n+\.weight_ih_l0$/);
    for (const longest of [10, 11, 12, 13]) {
      assert.doesNotMatch(cut("😀".repeat(50), longest), /\p{Cs}/u);
      assert.doesNotMatch(cut(`a${"😀".repeat(50)}`, longest), /\p{Cs}/u);
    }
    assert.equal(cut("whole", 5), "whole");
  });
});
