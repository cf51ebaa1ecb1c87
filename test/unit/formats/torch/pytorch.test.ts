import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { NotFoundError } from "../../../../src/core/errors";
import { openArchive } from "../../../../src/formats/open";
import { ascii, assertRefused, fixtureSource, makeZip, openBytes, readOne } from "../support";

const data = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer);

/** Pickled text, and an integer of one byte. */
const unicode = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const byte = (value: number): string => `K${String.fromCharCode(value)}`;
const storage = (elements: number, key = "0", type = "FloatStorage"): string =>
  `(${unicode("storage")}ctorch\n${type}\n${unicode(key)}${unicode("cpu")}${byte(elements)}tQ`;
const tuple = (items: readonly number[]): string => `(${items.map(byte).join("")}t`;

interface View {
  readonly offset?: string;
  readonly shape?: string;
  readonly strides?: string;
  readonly storage?: string;
}

function tensor(view: View = {}): string {
  const { offset = byte(0), shape = tuple([2, 3]), strides = tuple([3, 1]) } = view;
  const place = view.storage ?? storage(6);
  return `ctorch._utils\n_rebuild_tensor_v2\n(${place}${offset}${shape}${strides}\x89)tR`;
}

const dict = (...items: readonly (readonly [string, string])[]): string =>
  `}(${items.map(([key, value]) => unicode(key) + value).join("")}u`;

function archive(
  value: string,
  members: Readonly<Record<string, Uint8Array>> = { "m/data/0": data },
): Promise<Uint8Array> {
  return makeZip({ "m/data.pkl": ascii(`\x80\x02${value}.`), ...members });
}

async function open(value: string): ReturnType<typeof openArchive> {
  return openBytes("w.pt", await archive(value));
}

function assertValueRefused(
  value: string,
  tag: "format" | "unsupported" | "limit",
  sentence: RegExp,
): () => Promise<void> {
  return async () => assertRefused("w.pt", await archive(value), tag, sentence);
}

describe("PyTorch archives", () => {
  it("list tensors by the keys that lead to them and read views", async () => {
    const transposed = tensor({ shape: tuple([3, 2]), strides: tuple([1, 3]) });
    const opened = await open(
      dict(["sd", dict(["w", tensor()], ["t", transposed])], ["step", byte(3)]),
    );
    assert.equal(opened.format, "pytorch");
    assert.deepEqual(opened.entries, [
      { name: "sd.w", dtype: "float32", shape: [2, 3], byteLength: 24 },
      { name: "sd.t", dtype: "float32", shape: [3, 2], byteLength: 24 },
    ]);
    assert.deepEqual((await readOne(opened, "sd.w")).data, Float32Array.of(1, 2, 3, 4, 5, 6));
    assert.deepEqual((await readOne(opened, "sd.t")).data, Float32Array.of(1, 4, 2, 5, 3, 6));
    assert.deepEqual(opened.notes, []);
    await assert.rejects(
      opened.read({ name: "x", dtype: "int8", shape: [], byteLength: 1 }),
      NotFoundError,
    );
  });

  it("hold a bare tensor, named after the file", async () => {
    const [entry] = (await open(tensor())).entries;
    assert.equal(entry?.name, "w");
  });

  it("hold tensors with attributes of their own, and parameters", async () => {
    const typed = `ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n(${storage(6)}${byte(0)}${tuple([6])}${tuple([1])}\x89)t}tR`;
    const parameter = `ctorch._utils\n_rebuild_parameter\n(${tensor()}\x88)tR`;
    const opened = await open(dict(["a", typed], ["b", parameter]));
    assert.deepEqual(
      opened.entries.map(({ name, shape }) => [name, shape]),
      [
        ["a", [6]],
        ["b", [2, 3]],
      ],
    );
  });

  it("note what is not rebuilt beside the tensors, without following it", async () => {
    const nested = `ctorch._tensor\n_rebuild_from_type_v2\n(cposix\nsystem\nctorch\nTensor\n)}tR`;
    const opened = await open(
      dict(
        ["w", tensor()],
        ["run", `cposix\nsystem\n${unicode("ls")}\x85R`],
        ["typed", nested],
        ["id", `${byte(1)}Q`],
        ["q", tensor({ storage: storage(24, "0", "QUInt4x2Storage") })],
        ["meta", tensor({ storage: "N" })],
      ),
    );
    assert.deepEqual(
      opened.notes.map((note) => renderText(note)),
      [
        "run is posix.system, not read",
        "typed is posix.system, not read",
        "id is persistent id, not read",
        "meta is torch._utils._rebuild_tensor, not read",
        "q is quint4x2, not read",
      ],
    );
  });

  it("note the second of two tensors with one name", async () => {
    const opened = await open(dict(["a", dict(["b", tensor()])], ["a.b", tensor()]));
    assert.equal(opened.entries.length, 1);
    assert.match(renderText(opened.notes[0] ?? { template: "", args: [] }), /a\.b as well/);
  });

  it("name tensors by keys that are no text", async () => {
    const opened = await open(
      `}(${byte(0)}${tensor()}NNK\x01\x85${tensor({ shape: tuple([6]), strides: tuple([1]) })}u`,
    );
    assert.deepEqual(
      opened.entries.map((entry) => entry.name),
      ["0", "?"],
    );
  });

  it("list a container that contains itself once", async () => {
    const opened = await open(`}q\x00(${unicode("w")}${tensor()}${unicode("self")}h\x00u`);
    assert.equal(opened.entries.length, 1);
  });

  it("read TorchScript archives and whole modules by their attributes", async () => {
    const scripted = `c__torch__\nNet\n)\x81${dict(["rnn", `c__torch__\nRNN\n)\x81${dict(["w", tensor()], ["_flat", `](${tensor()}e`])}b`])}b`;
    assert.deepEqual(
      (await open(scripted)).entries.map((entry) => entry.name),
      ["rnn.w"],
    );
    const module = `cmine\nNet\n)\x81${dict(["_parameters", dict(["w", tensor()])], ["_buffers", "}"], ["other", tensor()])}b`;
    assert.deepEqual(
      (await open(module)).entries.map((entry) => entry.name),
      ["w"],
    );
  });

  it("read a zip archive whose folder has a name of 21 letters", async () => {
    const opened = await openArchive(fixtureSource("formats/pt/checkpoint_two_states.pt"));
    assert.equal(opened.entries.length > 4, true);
  });

  it("follow the byteorder record", async () => {
    const big = data.slice();
    for (let start = 0; start < big.length; start += 4) big.subarray(start, start + 4).reverse();
    const members = { "m/data/0": big, "m/byteorder": ascii("big\n") };
    const opened = await openBytes("w.pt", await archive(tensor(), members));
    assert.deepEqual((await readOne(opened, "w")).data, Float32Array.of(1, 2, 3, 4, 5, 6));
    const middle = { "m/data/0": data, "m/byteorder": ascii("middle") };
    await assertRefused("w.pt", await archive(tensor(), middle), "format", /says middle/);
  });

  const huge = "\x8a\x07\x00\x00\x00\x00\x00\x00\x01";
  it(
    "refuse a view past its storage",
    assertValueRefused(tensor({ offset: byte(1) }), "format", /reaches byte 28/),
  );
  it(
    "refuse a negative stride",
    assertValueRefused(tensor({ strides: "J\xff\xff\xff\xffK\x01\x86" }), "format", /impossible/),
  );
  it(
    "refuse a size that is no number",
    assertValueRefused(tensor({ shape: "NN\x86" }), "format", /impossible/),
  );
  it(
    "refuse strides of another rank",
    assertValueRefused(tensor({ strides: tuple([1]) }), "format", /impossible/),
  );
  it(
    "refuse a missing storage",
    assertValueRefused(tensor({ storage: storage(6, "9") }), "format", /no member data\/9/),
  );
  it(
    "refuse a storage of another size",
    assertValueRefused(
      tensor({ storage: storage(7) }),
      "format",
      /should have 28 bytes, they have 24/,
    ),
  );
  it(
    "refuse a repetition without end",
    assertValueRefused(tensor({ shape: `${huge}\x85`, strides: tuple([0]) }), "limit", /size of w/),
  );
  it(
    "refuse what holds no tensor",
    assertValueRefused(dict(["a", byte(1)]), "format", /no tensor/),
  );
  it(
    "refuse what holds only another object, by name",
    assertValueRefused("cmine\nNet\n)R", "unsupported", /mine\.Net/),
  );
  it(
    "refuse what holds only a dtype that is not read",
    assertValueRefused(
      tensor({ storage: storage(24, "0", "QUInt2x4Storage") }),
      "unsupported",
      /quint2x4/,
    ),
  );
  it(
    "refuse 65 levels of nesting",
    assertValueRefused("]".repeat(70) + "a".repeat(69), "limit", /nesting/),
  );

  it("refuse two archives in one", async () => {
    const zip = await makeZip({ "a/data.pkl": ascii("N."), "b/data.pkl": ascii("N.") });
    await assertRefused("w.pt", zip, "format", /this one has 2/);
  });

  it("refuse millions of references to shared containers", async () => {
    // Each level holds the one below twice; the tensor at the bottom keeps the walk from being cut short.
    const levels = Array.from({ length: 30 }, () => "q\x000](h\x00h\x00e").join("");
    await assertRefused("w.pt", await archive(`${tensor()}${levels}`), "limit", /number of/);
  });
});
