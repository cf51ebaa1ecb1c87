/** The error classes: one sentence each, with its subject first, told apart by tag. */
import assert from "node:assert/strict";
import {
  CancelledError,
  FormatError,
  isUnrollError,
  LimitError,
  NotFoundError,
  ShapeError,
  UnsupportedError,
} from "../../../src/core/errors";
import { renderText, text } from "../../../src/core/text";

const cause = new Error("inner");
const sentences: readonly (readonly [
  FormatError | UnsupportedError | ShapeError | LimitError | NotFoundError | CancelledError,
  string,
  string,
])[] = [
  [new FormatError("w.npy", text("the header is cut")), "format", "w.npy: the header is cut"],
  [
    new FormatError("w.npy", text("the header is cut"), { offset: 0 }),
    "format",
    "w.npy: the header is cut (at byte 0)",
  ],
  [
    new UnsupportedError("w.npy", text("complex numbers are not read")),
    "unsupported",
    "w.npy: complex numbers are not read",
  ],
  [new ShapeError("h0", [1, 2], []), "shape", "h0: expected shape [1, 2], found []"],
  [
    new ShapeError("h0", [1, 2], [2], text("B = {0}", 2)),
    "shape",
    "h0: expected shape [1, 2], found [2]; B = 2",
  ],
  [
    new LimitError("w.npy", { of: "file-bytes" }, 2 ** 30, 2n ** 60n),
    "limit",
    "w.npy: the size in bytes is 1152921504606846976, the limit is 1073741824",
  ],
  [
    new LimitError({ cell: "GRU" }, { of: "gradients-megabytes", batchSize: 4 }, 5, 6, [
      { do: "raise", option: "trace.memory" },
      { do: "fewer-batch-rows" },
    ]),
    "limit",
    "GRU: the memory for the gradients of B = 4, in MB is 6, the limit is 5; raise unroll.trace.memory, or run fewer batch rows",
  ],
  [
    new UnsupportedError({}, text("A thread has ended"), { remedies: [{ do: "run-again" }] }),
    "unsupported",
    "A thread has ended; run it again",
  ],
  [new NotFoundError("a.npz", text("there is no x")), "not-found", "a.npz: there is no x"],
  [
    new NotFoundError("a.npz", text("there is no x"), ["y", "z"]),
    "not-found",
    "a.npz: there is no x; it has y, z",
  ],
  [new CancelledError(), "cancelled", "Cancelled"],
];

describe("errors", () => {
  for (const [error, tag, sentence] of sentences) {
    it(`say "${sentence}" under the tag ${tag}`, () => {
      assert.equal(error.message, sentence);
      assert.equal(renderText(error.text), sentence);
      assert.equal(error.tag, tag);
      assert.ok(isUnrollError(error) && error instanceof Error);
    });
  }

  it("bear the name of their class", () => {
    assert.equal(String(new CancelledError()), "CancelledError: Cancelled");
  });

  it("keep their cause and the offset", () => {
    const error = new FormatError("w.npy", text("it is cut"), { offset: 7, cause });
    assert.equal(error.cause, cause);
    assert.equal(error.offset, 7);
    assert.equal(new FormatError("w.npy", text("it is cut")).offset, undefined);
  });

  it("carry what their sentence says as data", () => {
    const shape = new ShapeError("h0", [1, 2], [2, 1], text("as the input"));
    assert.deepEqual(shape.data, { tensor: "h0", expected: [1, 2], found: [2, 1] });
    const bound = { of: "written-bytes", fileBytes: 9 } as const;
    const remedies = [{ do: "export-part", option: "slice" }] as const;
    const limit = new LimitError({ file: "w.pt" }, bound, 5, 2n ** 60n, remedies);
    const found = "1152921504606846976";
    const about = { file: "w.pt", option: "slice" };
    assert.deepEqual(limit.data, { ...about, bound, limit: 5, found, remedies });
    const missing = new NotFoundError("w.pt", text("there is no module"), ["a", "b"]);
    assert.deepEqual(missing.data, { file: "w.pt", candidates: ["a", "b"] });
    const wanted = { data: { file: "w.pt", tensor: "h0", candidates: ["a"] } };
    const tensor = new NotFoundError("w.pt", text("there is no tensor"), ["a [2, 1]"], wanted);
    assert.deepEqual(tensor.data, wanted.data);
    assert.match(tensor.message, /it has a \[2, 1\]$/);
    const damaged = new FormatError("w.pt", text("it ends early"), { offset: 7 });
    assert.deepEqual(damaged.data, { file: "w.pt", offset: 7 });
  });

  it("say what to do about a file as data, and in the sentence", () => {
    const remedies = [
      { do: "save-weights-as", formats: [".npz", ".h5"] },
      { do: "convert-with", call: "tf2onnx" },
    ] as const;
    const graph = new UnsupportedError({ file: "g.pb" }, text("not read"), { remedies });
    assert.equal(
      graph.message,
      "g.pb: not read; save its weights as .npz or .h5, or convert it with tf2onnx",
    );
    assert.deepEqual(graph.data, { file: "g.pb", remedies });
    const pointer = [{ do: "fetch-with", command: "git lfs pull" }] as const;
    const data = { tensor: "w", found: 3 };
    const cut = new FormatError("w.pt", text("a pointer"), { offset: 7, data, remedies: pointer });
    assert.equal(cut.message, "w.pt: a pointer; fetch it with: git lfs pull (at byte 7)");
    assert.deepEqual(cut.data, { file: "w.pt", offset: 7, remedies: pointer, ...data });
    const folder = [{ do: "name-a-file" }] as const;
    const missing = new NotFoundError("w", text("a folder"), [], { remedies: folder });
    assert.equal(missing.message, "w: a folder; name a file in it");
    assert.deepEqual(missing.data, { file: "w", remedies: folder });
  });

  it("learn from those who call which file and tensor their subject is", () => {
    const about = { file: "w.pt", tensor: "h0" };
    const bound = { of: "tensor-bytes", tensor: "h0" } as const;
    const limit = new LimitError("w.pt: h0", bound, 5, 6).within(about);
    assert.deepEqual(limit.data, { ...about, bound, limit: 5, found: 6 });
    const member = new FormatError("data.pkl", text("it ends early")).within(about);
    assert.deepEqual(member.data, { file: "data.pkl", tensor: "h0" });
    const other = new UnsupportedError("complex", text("not read")).within(about);
    assert.deepEqual(other.data, { ...about, subject: "complex" });
    const placed = new FormatError("r.json:3:5", text("no key")).about({ file: "r.json", line: 3 });
    assert.deepEqual(placed.data, { file: "r.json", line: 3 });
  });

  it("name options as the surface does that shows them", () => {
    const flagOf = (option: string): string => `--${option.replace(".", "-")}`;
    const remedies = [{ do: "fewer-batch-rows" }, { do: "lower", option: "trace.memory" }] as const;
    const memory = new UnsupportedError({}, text("no memory"), { remedies });
    assert.equal(memory.message, "no memory; run fewer batch rows, or lower unroll.trace.memory");
    assert.equal(
      renderText(memory.sentence(flagOf)),
      "no memory; run fewer batch rows, or lower --trace-memory",
    );
    assert.equal(memory.data.option, "trace.memory");
    const place = new UnsupportedError({ option: "at" }, text("one direction"));
    assert.deepEqual(
      [place.message, renderText(place.sentence(flagOf)), place.data],
      ["at: one direction", "--at: one direction", { option: "at" }],
    );
    const shape = new ShapeError({ option: "targets" }, [2], [3]);
    assert.match(renderText(shape.sentence(flagOf)), /^--targets: expected shape/);
    assert.deepEqual(shape.data, { option: "targets", expected: [2], found: [3] });
    const slice = [{ do: "export-part", option: "slice" }] as const;
    const written = new LimitError("w.pt", { of: "written-bytes", fileBytes: 9 }, 5, 6, slice);
    assert.match(written.message, /; export a part of it$/);
    assert.match(renderText(written.sentence(flagOf)), /; export a part of it \(--slice\)$/);
  });

  it("name twelve candidates at most", () => {
    const names = Array.from({ length: 13 }, (_, index) => `t${index}`);
    assert.match(new NotFoundError("a", text("none"), names).message, /t10, t11, …$/);
    assert.match(new NotFoundError("a", text("none"), names.slice(1)).message, /t11, t12$/);
  });

  it("do not claim errors of others", () => {
    for (const other of [cause, { tag: "format" }, null, undefined, "format"]) {
      assert.equal(isUnrollError(other), false);
    }
  });
});
