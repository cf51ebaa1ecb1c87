/** Functions of a model in the place of their calls: names, attributes, bodies, and calls without an end. */
import assert from "node:assert/strict";
import { LimitError } from "../../../../src/core/errors";
import { MemorySource } from "../../../../src/formats/base/bytes";
import { NoteList } from "../../../../src/formats/base/notes";
import { withoutFunctions } from "../../../../src/formats/onnx/exposed/functions";
import { Message } from "../../../../src/formats/onnx/exposed/wire";
import { GraphReader, type OnnxGraph } from "../../../../src/formats/onnx/protobuf/graph";
import { ProtobufFile } from "../../../../src/formats/onnx/protobuf/protobuf";
import { intField, messageField, stringField } from "../../../../src/formats/write/protobuf";

type Fields = readonly Uint8Array[];

/** A field of several strings. */
const texts = (number: number, all: readonly string[]): Fields =>
  all.map((each) => stringField(number, each));

function node(
  operator: string,
  [inputs, outputs]: readonly [readonly string[], readonly string[]],
  ...others: Fields
): Fields {
  return [...texts(1, inputs), ...texts(2, outputs), stringField(4, operator), ...others];
}

const ofOwn = stringField(7, "own");
const attribute = (name: string, ...value: Fields): Uint8Array =>
  messageField(5, [stringField(1, name), ...value]);

function functionOf(
  name: string,
  [inputs, outputs]: readonly [readonly string[], readonly string[]],
  nodes: readonly Fields[],
  ...others: Fields
): Uint8Array {
  return messageField(25, [
    ...[stringField(1, name), ...texts(4, inputs), ...texts(5, outputs)],
    ...nodes.map((each) => messageField(7, each)),
    ...[stringField(10, "own"), ...others],
  ]);
}

async function read(nodes: readonly Fields[], functions: Fields): Promise<OnnxGraph> {
  const graph = messageField(
    7,
    nodes.map((each) => messageField(1, each)),
  );
  const model = Buffer.concat([graph, ...functions]);
  const bytes = withoutFunctions("f.onnx", new Message("f.onnx", model));
  const notes = new NoteList();
  const found = await new GraphReader(
    new ProtobufFile(new MemorySource("f.onnx", bytes)),
    notes,
  ).model();
  assert.deepEqual(notes.list(), []);
  return found;
}

describe("functions of an ONNX model", () => {
  it("give their nodes with the names of the call, others behind its own name", async () => {
    const twice = functionOf(
      "Twice",
      [
        ["v", "none"],
        ["w", "rest"],
      ],
      [
        node("Neg", [["v"], ["inner"]]),
        node("Clip", [["inner", "none"], ["w"]]),
        node("Abs", [["inner"], ["rest"]], stringField(3, "abs")),
      ],
    );
    const { nodes } = await read(
      [
        node("Twice", [["x"], ["y"]], stringField(3, "first"), ofOwn),
        node(
          "Twice",
          [
            ["y", "least"],
            ["z", "r"],
          ],
          ofOwn,
        ),
      ],
      [twice],
    );
    assert.deepEqual(
      nodes.map(({ name, operator, inputs, outputs }) => [name, operator, inputs, outputs]),
      [
        ["first/Neg_0", "Neg", ["x"], ["first/inner"]],
        ["first/Clip_1", "Clip", ["first/inner", ""], ["y"]],
        ["first/abs", "Abs", ["first/inner"], ["first/rest"]],
        ["Twice_z/Neg_0", "Neg", ["y"], ["Twice_z/inner"]],
        ["Twice_z/Clip_1", "Clip", ["Twice_z/inner", "least"], ["z"]],
        ["Twice_z/abs", "Abs", ["Twice_z/inner"], ["r"]],
      ],
    );
  });

  it("take attributes from the call, else their own, else none", async () => {
    const refers = (name: string, to: string): Uint8Array => attribute(name, stringField(21, to));
    const body = node(
      "Op",
      [["v"], ["w"]],
      refers("a", "given"),
      refers("b", "usual"),
      refers("c", "left"),
    );
    const defaults = [
      messageField(11, [stringField(1, "usual"), intField(3, 7)]),
      messageField(11, [stringField(1, "given"), intField(3, 1)]),
    ];
    const own = functionOf("Own", [["v"], ["w"]], [body], ...defaults);
    const call = node("Own", [["x"], ["y"]], ofOwn, attribute("given", intField(3, 5)));
    const [found] = (await read([call], [own])).nodes;
    assert.deepEqual(
      [...(found?.attributes ?? [])].map(([name, { int }]) => [name, int]),
      [
        ["a", 5],
        ["b", 7],
      ],
    );
  });

  it("keep the names apart in the bodies that they have, and are called in bodies", async () => {
    const branch = [
      messageField(1, node("Neg", [["v"], ["out"]])),
      messageField(12, [stringField(1, "out")]),
    ];
    const body = node("If", [["v"], ["w"]], attribute("then_branch", messageField(6, branch)));
    const own = functionOf("Own", [["v"], ["w"]], [body]);
    const around = [messageField(1, node("Own", [["x"], ["y"]], stringField(3, "call"), ofOwn))];
    const { nodes } = await read(
      [node("If", [["x"], ["z"]], attribute("then_branch", messageField(6, around)))],
      [own],
    );
    const [inner] = nodes[0]?.graphs[0]?.nodes ?? [];
    assert.equal(inner?.operator, "If");
    const [neg] = inner.graphs[0]?.nodes ?? [];
    assert.deepEqual([neg?.inputs, neg?.outputs], [["x"], ["call/out"]]);
    assert.deepEqual(inner.graphs[0]?.outputs, ["call/out"]);
  });

  it("are refused where they call themselves, once or many times over", async () => {
    const call = node("Own", [["v"], ["w"]], ofOwn);
    const own = (calls: number): Uint8Array =>
      functionOf(
        "Own",
        [["v"], ["w"]],
        Array.from({ length: calls }, () => call),
      );
    for (const calls of [1, 30]) await assert.rejects(read([call], [own(calls)]), LimitError);
  });

  it("are refused where their values are copied for too many calls", async () => {
    const large = attribute("value", messageField(4, [new Uint8Array(2 ** 20)]));
    const own = functionOf("Own", [["v"], ["w"]], [node("Op", [["v"], ["w"]], large)]);
    const calls = Array.from({ length: 257 }, () => node("Own", [["x"], ["y"]], ofOwn));
    await assert.rejects(read(calls, [own]), /the size of its functions where they are called/);
  });
});
