/** Vocabularies in every form that people keep them, and what is none. */
import assert from "node:assert/strict";
import { readVocabulary, wordsIn } from "../../../../src/run/load/vocabulary";

function read(name: string, content: string): Promise<ReadonlyMap<number, string>> {
  const open = (): never => {
    throw new Error("a vocabulary is text");
  };
  return readVocabulary(`/somewhere/${name}`, { open, text: () => Promise.resolve(content) });
}

const expected = [
  [0, "<pad>"],
  [1, "soup"],
];

describe("a vocabulary", () => {
  const forms: readonly (readonly [string, string])[] = [
    ["word-to-number.json", '{"<pad>": 0, "soup": 1}'],
    ["number-to-word.json", '{"0": "<pad>", "1": "soup"}'],
    ["list.json", '\uFEFF["<pad>", "soup"]'],
    [
      "tokenizer.json",
      '{"version": "1.0", "model": {"type": "BPE", "vocab": {"<pad>": 0, "soup": 1}}}',
    ],
    ["config.json", '{"model_type": "lstm", "id2label": {"0": "<pad>", "1": "soup"}}'],
    ["unigram.json", '{"model": {"vocab": [["<pad>", 0.0], ["soup", -3.5]]}}'],
    ["lines.txt", "<pad>\r\nsoup\r\n"],
    ["lines-without-end.txt", "<pad>\nsoup"],
    ["numbered.txt", "soup\t1\n<pad>\t0\n"],
  ];
  for (const [name, content] of forms) {
    it(`is read from ${name}`, async () => {
      const words = [...(await read(name, content))].sort(([left], [right]) => left - right);
      assert.deepEqual(words, expected);
    });
  }

  it("is refused in one sentence where there are no words", async () => {
    await assert.rejects(read("broken.json", "{"), /broken\.json.*this is no JSON/);
    for (const content of ["{}", "3", "null", '{"a": {"b": 1}}', "[]"]) {
      await assert.rejects(read("none.json", content), /none\.json.*this holds no words/);
    }
    await assert.rejects(read("empty.txt", ""), /this holds no words/);
  });

  it("gives the words of the tokens that an input has", async () => {
    const words = await read("list.json", '["<pad>", "soup", "bread", "room"]');
    const data = Float64Array.of(2, 2, 0, 17);
    assert.deepEqual(wordsIn(words, { dtype: "int64", shape: [4], data }), [
      [0, "<pad>"],
      [2, "bread"],
    ]);
  });
});
