/** Every message that the frameworks were made to say is known, and its numbers are read. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixtures } from "../../support/goldens";
import { explainText } from "../../../../src/diagnosis/messages/explain";
import { renderText } from "../../../../src/core/text";

interface Said {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const folder = join(fixtures, "messages");

for (const name of ["torch", "numpy", "keras", "onnxruntime", "older"]) {
  describe(`messages of ${name}`, () => {
    const file = readFileSync(join(folder, `${name}.json`), "utf8");
    const { messages } = JSON.parse(file) as { messages: readonly Said[] };
    for (const { id, values, text } of messages) {
      it(`${id}: ${text.slice(0, 100)}`, () => {
        const { messages: found, unknown } = explainText(text);
        assert.equal(unknown, null);
        const message = found.find((each) => each.id === id);
        assert.ok(message !== undefined, `found ${found.map((each) => each.id).join(", ")}`);
        for (const [key, value] of Object.entries(values)) {
          assert.deepEqual(message.values[key], value, key);
        }
        assert.ok(message.means.length > 0);
        assert.ok(message.fits.length > 0);
        for (const sentence of [...message.means, ...message.fits]) {
          assert.doesNotMatch(renderText(sentence), /\{\d\}|undefined|null/);
        }
      });
    }
  });
}
