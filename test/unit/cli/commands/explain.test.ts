/** unroll explain: sentences for people, JSON for programs, what is piped in, and the files whose tensors are meant. */
import assert from "node:assert/strict";
import { examples, unroll, unrollPiped } from "../terminal";

const message = "RuntimeError: input.size(-1) must be equal to input_size. Expected 2, got 5";
const weights = "two-directions-one-layer/weights.pt";

describe("unroll explain", () => {
  it("says what the numbers are, and which tensor they mean", async () => {
    const { code, stdout, stderr } = await unroll(examples, "explain", message, "--file", weights);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^torch\/input-features: input\.size\(-1\) must be equal/);
    assert.match(stdout, /2 is I, the columns of weight_ih_l0/);
    assert.match(stdout, /What would make it fit:\n/);
    assert.ok(stdout.includes(`  ${weights}#weight_ih_l0 [3, 2]\n`), stdout);
  });

  it("prints the same as JSON", async () => {
    const { stdout } = await unroll(examples, "explain", message, "--file", weights, "--json");
    const { messages } = JSON.parse(stdout) as { messages: Record<string, unknown>[] };
    const [first] = messages;
    assert.equal(first?.["id"], "torch/input-features");
    assert.deepEqual(first["values"], { expected: 2, found: 5 });
    assert.deepEqual(first["tensors"], [
      { file: weights, name: "weight_ih_l0", shape: [3, 2] },
      { file: weights, name: "weight_ih_l0_reverse", shape: [3, 2] },
    ]);
    assert.ok((first["means"] as unknown[]).length > 0 && (first["fits"] as unknown[]).length > 0);
  });

  it("reads what is piped in", async () => {
    const { code, stdout } = await unrollPiped(message, examples, "explain", "-");
    assert.equal(code, 0);
    assert.match(stdout, /torch\/input-features/);
  });

  it("ends with 1 where it knows no message", async () => {
    const { code, stdout } = await unroll(examples, "explain", "it does not work");
    assert.equal(code, 1);
    assert.match(stdout, /No message that is known here/);
    const json = await unroll(examples, "explain", "shape [3, 4]", "--json");
    assert.deepEqual((JSON.parse(json.stdout) as { messages: unknown }).messages, []);
    assert.equal(json.code, 1);
  });

  it("says that a message is cut off, and that there is none", async () => {
    const cutOff = message.slice(0, -22);
    for (const each of [cutOff, "Got invalid dimensions for input: x for the foll"]) {
      const { code, stdout } = await unrollPiped(each, examples, "explain", "-");
      assert.equal(code, 1);
      assert.match(stdout, /may be cut off\. Paste all of it/, each);
    }
    const { stdout } = await unrollPiped(" \r\n", examples, "explain", "-");
    assert.match(stdout, /^There is no text\./);
  });

  it("asks for a text", async () => {
    const { code, stderr } = await unroll(examples, "explain");
    assert.equal(code, 2);
    assert.match(stderr, /expected the text of a message/);
  });

  it("names a file that cannot be read", async () => {
    const { code, stderr } = await unroll(examples, "explain", message, "--file", "none.pt");
    assert.equal(code, 2);
    assert.match(stderr, /none\.pt/);
  });
});
