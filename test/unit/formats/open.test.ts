import assert from "node:assert/strict";
import { ascii, assertRefused, concat, makeNpy, makeZip, openBytes } from "./support";

const npy = makeNpy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", Uint8Array.of(7));

describe("openArchive", () => {
  it("goes by content where the name says otherwise", async () => {
    assert.equal((await openBytes("x.safetensors", npy)).format, "npy");
    assert.equal((await openBytes("x.npy", await makeZip({ "a.npy": npy }))).format, "npz");
    assert.equal((await openBytes("x.pt", ascii('\n {"a": [1]}'))).format, "json");
    assert.equal((await openBytes("noextension", npy)).format, "npy");
  });

  it("opens an empty .npz", async () => {
    assert.deepEqual((await openBytes("x.npz", await makeZip({}))).entries, []);
  });

  const legacy = "\x80\x02\x8a\x0alFC\x9cF\xf9 j\xa8P\x19.".replace("FC", "\xfc");
  const refused: readonly (readonly [
    string,
    string,
    Uint8Array,
    "format" | "unsupported",
    RegExp,
  ])[] = [
    ["an empty file", "x.npy", ascii(""), "format", /the file is empty/],
    ["a web page", "x.safetensors", ascii("\n<!DOCTYPE html><html>"), "format", /web page/],
    [
      "a Git LFS pointer",
      "x.pt",
      ascii("version https://git-lfs.github.com/spec/v1\n"),
      "format",
      /git lfs pull/,
    ],
    ["the old PyTorch layout cut short", "x.pt", ascii(legacy), "format", /ends too early/],
    ["a bare pickle without arrays", "x.pkl", ascii("\x80\x04N."), "format", /no tensor/],
    ["HDF5", "x.h5", ascii("\x89HDF\r\n\x1a\n"), "format", /HDF5/],
    ["an ONNX model cut short", "x.onnx", ascii("\x08\x07\x12\x07pytorch"), "format", /no graph/],
    ["GGUF cut short", "x.gguf", ascii("GGUF\x03"), "format", /ends too early/],
    ["gzip cut short", "x.npz.gz", ascii("\x1f\x8b\x08"), "format", /ends too early/],
    ["UTF-16", "x.json", ascii("\xff\xfe[\0"), "format", /UTF-8/],
    ["text called .pt", "x.pt", ascii("hello"), "format", /a text file, not a file saved by torch/],
    ["text called .npz", "x.npz", ascii("hello"), "format", /a text file, not a NumPy/],
    ["text called .npy", "x.npy", ascii("hello"), "format", /not a NumPy array/],
    ["text called .json", "x.json", ascii("hello"), "format", /expected a JSON value/],
    ["bytes called .bin", "x.bin", ascii("\x00\x01\x02"), "format", /first bytes are not known/],
    ["bytes without extension", "x", ascii("\x00\x01\x02"), "format", /first bytes are not known/],
  ];
  for (const [what, name, bytes, tag, sentence] of refused) {
    it(`refuses ${what} in one sentence`, () => assertRefused(name, bytes, tag, sentence));
  }

  const zips: readonly (readonly [string, string, "format" | "unsupported", RegExp])[] = [
    ["torch.export", "m/archive_format", "unsupported", /torch\.export/],
    ["other files", "hello.txt", "format", /an archive without a file of tensors/],
  ];
  for (const [what, member, tag, sentence] of zips) {
    it(`refuses a zip of ${what}`, async () =>
      assertRefused("x.zip", await makeZip({ [member]: ascii("x") }), tag, sentence));
  }

  it("takes cut UTF-8 at the end of the first bytes for text", async () => {
    const text = concat(ascii("a".repeat(511)), new TextEncoder().encode("ä"));
    await assertRefused("x.npz", text, "format", /a text file/);
  });

  it("says what makes one file of a torch.distributed checkpoint", async () => {
    const zip = Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0);
    for (const name of ["__0_0.distcp", ".metadata"]) {
      await assertRefused(name, zip, "unsupported", /dcp_to_torch FOLDER model\.pt/);
    }
  });
});
