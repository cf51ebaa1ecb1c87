/**
 * Which reader a file goes to: by its first bytes, then by its extension. The only list of formats.
 *
 * A file that is not what its name says is opened as what it is, or refused in one sentence that says what it is.
 */
import { FormatError, UnsupportedError } from "../errors";
import { text, type Text } from "../text";
import type { Archive } from "./archive";
import type { ByteSource } from "./bytes";
import { readJson } from "./json";
import { readNpy, readNpz } from "./npy";
import { looksLikeNpy } from "./npyHeader";
import { readPytorch } from "./pytorch";
import { looksLikeSafetensors, readSafetensors } from "./safetensors";
import { openZip } from "./zip";

/** Enough for every signature below, behind a byte order mark and some blank lines. */
const headBytes = 512;

const resave = text(
  "an old PyTorch file (the layout before version 1.6) is not read in this version; load it with torch.load and save it again with torch.save in PyTorch 1.6 or later",
);

/** First bytes of files that are recognised and not read. */
const refusedSignatures: readonly (readonly [readonly number[], Text])[] = [
  [[0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19], resave],
  [
    [0x89, 0x48, 0x44, 0x46],
    text("an HDF5 file is not read in this version; save the arrays as .npz or .safetensors"),
  ],
  [[0x1f, 0x8b], text("this is a gzip file; unpack it and open what is inside")],
  [[0x47, 0x47, 0x55, 0x46], text("a GGUF file is not read; save the weights as .safetensors")],
];

const pickleProtocol = { opcode: 0x80, lowest: 2, highest: 5 } as const;

/**
 * Opens a file of tensors.
 * @throws FormatError when the file is damaged or not a file of tensors, UnsupportedError when it is of a kind that
 * is not read, LimitError when it passes a bound.
 */
export async function openArchive(source: ByteSource): Promise<Archive> {
  if (source.size === 0) throw new FormatError(source.name, text("the file is empty"));
  const head = await source.read(0, Math.min(source.size, headBytes));
  if (looksLikeNpy(head)) return readNpy(source);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || startsWith(head, [0x50, 0x4b, 0x05, 0x06])) {
    return openZipped(source);
  }
  if (looksLikeSafetensors(head, source.size)) return readSafetensors(source);
  refuseKnownBytes(source.name, head);
  const start = textStart(head);
  refuseKnownText(source.name, start);
  if (/^[[{]/.test(start)) return readJson(source);
  return openByExtension(source, start);
}

async function openZipped(source: ByteSource): Promise<Archive> {
  const zip = await openZip(source);
  const names = zip.members.map((member) => member.name);
  if (names.some((name) => /^[^/]+\/data\.pkl$/.test(name))) return readPytorch(source, zip);
  if (
    names.some((name) => name.endsWith(".npy")) ||
    (names.length === 0 && extension(source.name) === "npz")
  ) {
    return readNpz(source, zip);
  }
  if (names.includes("model.weights.h5")) {
    throw new UnsupportedError(
      source.name,
      text("a Keras file is not read in this version; save the arrays as .npz"),
    );
  }
  if (names.some((name) => /^[^/]+\/archive_format$/.test(name))) {
    throw new UnsupportedError(
      source.name,
      text("a torch.export archive is not read; save the state_dict with torch.save"),
    );
  }
  throw new FormatError(
    source.name,
    text("a zip archive with neither a PyTorch data.pkl nor NumPy arrays inside"),
  );
}

function refuseKnownBytes(file: string, head: Uint8Array): void {
  for (const [signature, reason] of refusedSignatures) {
    if (startsWith(head, signature)) throw new UnsupportedError(file, reason);
  }
  const protocol = head[1] ?? 0;
  if (
    head[0] === pickleProtocol.opcode &&
    protocol >= pickleProtocol.lowest &&
    protocol <= pickleProtocol.highest
  ) {
    throw new UnsupportedError(
      file,
      text(
        "a bare pickle is not read; save the tensors with torch.save, numpy.savez or safetensors",
      ),
    );
  }
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) {
    throw new FormatError(file, text("this is UTF-16 text; save it as UTF-8"));
  }
}

function refuseKnownText(file: string, start: string): void {
  if (start.startsWith("version https://git-lfs")) {
    throw new FormatError(
      file,
      text("a Git LFS pointer stands in place of the file; fetch it with: git lfs pull"),
    );
  }
  if (/^<(!doctype|html|\?xml|head|body)/i.test(start)) {
    throw new FormatError(
      file,
      text("this is a web page (HTML), not a file of tensors; the download may have failed"),
    );
  }
}

async function openByExtension(source: ByteSource, start: string): Promise<Archive> {
  switch (extension(source.name)) {
    case "npy":
      return readNpy(source);
    case "safetensors":
      return readSafetensors(source);
    case "json":
      return readJson(source);
    case "onnx":
      throw new UnsupportedError(
        source.name,
        text("an ONNX file is not read in this version; save the weights as .safetensors"),
      );
    case "npz":
      throw notA(source.name, start, text("a NumPy .npz archive"));
    case "pt":
    case "pth":
    case "ckpt":
    case "bin":
      throw notA(source.name, start, text("a file saved by torch.save"));
    default:
      throw notA(source.name, start, text("a file of tensors that Unroll reads"));
  }
}

function notA(file: string, start: string, expected: Text): FormatError {
  return isPrintable(start)
    ? new FormatError(file, text("this is a text file, not {0}", expected))
    : new FormatError(file, text("not {0}: its first bytes are not known", expected), {
        offset: 0,
      });
}

function startsWith(head: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => head[index] === byte);
}

/** The first bytes as text, without byte order mark and leading blanks. */
function textStart(head: Uint8Array): string {
  return new TextDecoder().decode(head, { stream: true }).trimStart();
}

function isPrintable(start: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return start.length > 0 && !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(start);
}

function extension(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
}
