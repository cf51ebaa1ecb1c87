/** Sentences with arguments, in English and translated. */
import assert from "node:assert/strict";
import { renderText, text } from "../../src/text";

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
      renderText(message, (template) => words[template] ?? template),
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
});
