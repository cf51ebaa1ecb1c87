/**
 * Chooses the reader of a file: by its first bytes, then by its extension. The only list of formats.
 *
 * The contents decide, not the name: a file is opened as what it is, or refused in a sentence that says what it is.
 */
import { FormatError, isUnrollError, UnsupportedError, type ErrorData } from "../core/errors";
import { text, type Text } from "../core/text";
import type { Archive } from "./base/archive";
import { SectionSource, type ByteSource } from "./base/bytes";
import { readGguf } from "./gguf/gguf";
import { looksLikeGguf } from "./gguf/header";
import { looksLikeGzip, unpackGzip, withoutGzip } from "./gzip/gzip";
import { looksLikeHdf5 } from "./hdf5/signature";
import { readJson } from "./json/json";
import { readKeras, readKerasHdf5 } from "./keras/keras";
import { readNpy, readNpz } from "./numpy/npy";
import { looksLikeNpy } from "./numpy/header";
import { readOnnx, readTensorFile } from "./onnx/onnx";
import { looksLikeOnnx, looksLikeTensorProto, readUnknownProtobuf } from "./onnx/detect";
import { openPacked } from "./innerFile";
import { looksExported, readExported } from "./torch/exported";
import { isDataPickle, readPytorch } from "./torch/pytorch";
import { refuseDistributed, refuseForeignKind, refuseKnownFile, startsWith } from "./base/refused";
import { looksLikeSafetensors, readSafetensors } from "./safetensors/safetensors";
import type { Siblings, Surroundings } from "./base/siblings";
import { looksLikeTar, readTar } from "./base/tar";
import { looksLikeLegacy, looksLikePickle, readBarePickle, readLegacy } from "./torch/legacy";
import { readCheckpoint } from "./tensorflow/checkpoint";
import { readTable } from "./text/table";
import { readTorchTar } from "./torch/tar";
import { openZip, type ZipArchive } from "./zip/zip";

/** Enough for every signature below, behind a byte order mark and blank lines, or behind a user block of HDF5. */
const headBytes = 4096;

/** A file to open, with the data by which a reader is chosen. */
interface OpeningFile extends Surroundings {
  readonly source: ByteSource;
  readonly head: Uint8Array;
  /** `head` as text, without byte order mark and leading blanks. */
  readonly start: string;
  /** In lower case, without the dot; empty where there is none. */
  readonly extension: string;
  /** Opens a file that this one is packed around; refused where this one is packed itself. */
  readonly openPacked: (source: ByteSource) => Promise<Archive>;
  /** Opens what this one is when it is unpacked from gzip; refused where it was so already. */
  readonly openUnpacked: (source: ByteSource) => Promise<Archive>;
}

interface ZippedFile extends OpeningFile {
  readonly zip: ZipArchive;
  readonly members: readonly string[];
}

interface Format<File> {
  /** By content. Missing: by extension alone. */
  readonly recognises?: (file: File) => boolean;
  /** Of files whose content no format recognises; the reader says what is wrong with them. */
  readonly extensions?: readonly string[];
  readonly open: (file: File) => Promise<Archive>;
}

/** In the order in which they are asked. */
const formats: readonly Format<OpeningFile>[] = [
  {
    recognises: ({ head }) => looksLikeNpy(head),
    extensions: ["npy"],
    open: ({ source }) => readNpy(source, readBarePickle),
  },
  { recognises: ({ head }) => looksLikeGzip(head), open: openGzip },
  { recognises: ({ head }) => looksLikeZip(head), open: openZipped },
  { recognises: ({ head }) => looksLikeGguf(head), open: ({ source }) => readGguf(source) },
  { recognises: ({ head }) => looksLikeLegacy(head), open: ({ source }) => readLegacy(source) },
  { recognises: ({ head }) => looksLikeTar(head), open: openTar },
  {
    recognises: ({ head }) => looksLikeHdf5(head),
    extensions: ["h5", "hdf5", "keras"],
    open: ({ source }) => readKerasHdf5(source),
  },
  {
    recognises: ({ head, source }) => looksLikeSafetensors(head, source.size),
    extensions: ["safetensors"],
    open: ({ source }) => readSafetensors(source),
  },
  {
    recognises: ({ head }) => looksLikeOnnx(head),
    open: ({ source, siblings }) => readOnnx(source, siblings),
  },
  {
    recognises: ({ head }) => looksLikeTensorProto(head),
    open: ({ source, siblings }) => readTensorFile(source, siblings),
  },
  {
    recognises: ({ start }) => /^[[{]/.test(start),
    extensions: ["json"],
    open: ({ source, ...context }) => readJson(source, context),
  },
  { recognises: ({ head }) => looksLikePickle(head), open: ({ source }) => readBarePickle(source) },
  { extensions: ["csv", "tsv", "txt", "dat"], open: openTable },
  {
    extensions: ["index"],
    open: ({ source, siblings }) => readCheckpoint(source, siblings),
  },
  {
    extensions: ["onnx", "pb", "pbtxt", "ort"],
    open: (file) => readUnknownProtobuf(file, file.siblings),
  },
];

const zippedFormats: readonly Format<ZippedFile>[] = [
  {
    recognises: ({ members }) => members.some(isDataPickle),
    open: ({ source, zip }) => readPytorch(source, zip),
  },
  {
    recognises: ({ members, extension }) =>
      members.some((name) => name.endsWith(".npy")) ||
      (members.length === 0 && extension === "npz"),
    open: ({ source, zip }) => readNpz(source, zip, readBarePickle),
  },
  {
    recognises: ({ members }) => members.includes("model.weights.h5"),
    open: ({ source, zip }) => readKeras(source, zip),
  },
  {
    recognises: ({ members }) => looksExported(members),
    open: ({ source, zip, openPacked: openInner }) => readExported(source, zip, openInner),
  },
];

/** The expected formats, for the error about an unknown file. */
const expectedKinds: ReadonlyMap<string, Text> = new Map([
  ["npz", text("a NumPy .npz archive")],
  ...["pt", "pth", "ckpt", "bin"].map(
    (extension) => [extension, text("a file saved by torch.save")] as const,
  ),
]);

/**
 * Opens a file of tensors; `siblings` are the files beside it.
 * @throws FormatError when the file is damaged or not a file of tensors, UnsupportedError when it is of a kind that
 * is not read, LimitError when it passes a bound.
 */
export async function openArchive(source: ByteSource, siblings?: Siblings): Promise<Archive> {
  const file = source.name;
  const refuse = (): Promise<never> =>
    Promise.reject(
      new UnsupportedError(file, text("an archive within an archive is not read"), {
        remedies: [{ do: "unpack" }],
      }),
    );
  const inner: Within = {
    openPacked: refuse,
    openUnpacked: (each) =>
      openSource(each, undefined, { openPacked: refuse, openUnpacked: refuse }),
  };
  const outer: Within = {
    openPacked: (each) => openSource(each, undefined, inner),
    openUnpacked: (each) => openSource(each, undefined, { ...outer, openUnpacked: refuse }),
  };
  const archive = await telling({ file }, () => openSource(source, siblings, outer));
  return {
    ...archive,
    read: (entry) => telling({ file, tensor: entry.name }, () => archive.read(entry)),
    readBox: (entry, box) =>
      telling({ file, tensor: entry.name }, () => archive.readBox(entry, box)),
  };
}

/** What `work` gives; its errors say, as data, which file and tensor they are about. */
async function telling<Result>(about: ErrorData, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isUnrollError(error) && error.tag !== "cancelled" ? error.within(about) : error;
  }
}

/** How files inside of a file are opened. */
type Within = Pick<OpeningFile, "openPacked" | "openUnpacked">;

async function openSource(
  source: ByteSource,
  siblings: Siblings | undefined,
  within: Within,
): Promise<Archive> {
  if (source.size === 0) throw new FormatError(source.name, text("the file is empty"));
  const head = await source.read(0, Math.min(source.size, headBytes));
  const start = textStart(head);
  const file: OpeningFile = {
    source,
    head,
    start,
    extension: extensionOf(withoutGzip(source.name)),
    siblings,
    openInner: (inner) => openArchive(inner),
    ...within,
  };
  refuseDistributed(source.name);
  const recognised = formats.find((format) => format.recognises?.(file) === true);
  if (recognised !== undefined) return recognised.open(file);
  refuseKnownFile(source.name, head, start);
  const named = formats.find((format) => format.extensions?.includes(file.extension) === true);
  if (named !== undefined) return named.open(file);
  refuseForeignKind(source.name, head, start);
  throw notTensors(file);
}

async function openGzip({ source, openUnpacked }: OpeningFile): Promise<Archive> {
  return openUnpacked(await unpackGzip(source));
}

/** A table of text, which other files of these endings are not. */
async function openTable(file: OpeningFile): Promise<Archive> {
  if (!isPrintable(file.start)) throw notTensors(file);
  return readTable(file.source);
}

async function openZipped(file: OpeningFile): Promise<Archive> {
  const zip = await openZip(file.source);
  const zipped = { ...file, zip, members: zip.members.map((member) => member.name) };
  const format = zippedFormats.find(({ recognises }) => recognises?.(zipped) === true);
  if (format !== undefined) return format.open(zipped);
  const packed = zip.members.map((member) => ({
    name: member.name,
    source: () => member.source(),
  }));
  return openPacked(file.source.name, packed, file.openPacked);
}

/** PyTorch's oldest files, else a tar archive around a file of tensors. */
async function openTar(file: OpeningFile): Promise<Archive> {
  const { source } = file;
  const members = await readTar(source);
  if (members.has("pickle")) return readTorchTar(source, members);
  const packed = [...members].map(([name, place]) => ({
    name,
    source: () => Promise.resolve(new SectionSource(name, source, place)),
  }));
  return openPacked(source.name, packed, file.openPacked);
}

function looksLikeZip(head: Uint8Array): boolean {
  return startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || startsWith(head, [0x50, 0x4b, 0x05, 0x06]);
}

function notTensors({ source, start, extension }: OpeningFile): FormatError {
  const expected = expectedKinds.get(extension) ?? text("a file of tensors that Unroll reads");
  return isPrintable(start)
    ? new FormatError(source.name, text("this is a text file, not {0}", expected))
    : new FormatError(source.name, text("not {0}: its first bytes are not known", expected), {
        offset: 0,
      });
}

function textStart(head: Uint8Array): string {
  return new TextDecoder().decode(head, { stream: true }).trimStart();
}

function isPrintable(start: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what tells binary from text
  return start.length > 0 && !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(start);
}

function extensionOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
}
