/**
 * Chooses the reference tensor of a file: the named one, the only one, a usual name, or the only one that fits.
 */
import { NotFoundError } from "../../../core/errors";
import type { Archive } from "../../../formats/base/archive";
import { findPacked, packedNamed, type PackedEntries } from "../../../formats/base/packed";
import { fitsFirst } from "../../../model/find/fitsFirst";
import type { RunControl } from "../../../core/control";
import type { OnnxJob, OnnxReply } from "../../graph/runtime";
import { parseTensorRef, type TensorRef } from "../../spec/spec";
import { formatShape, type Tensor, type TensorEntry } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import { baseName } from "../../../core/baseName";
import { unpack } from "./packedSequence";
import { withUnread } from "../unread";

/** Opens the files that a run names; the same location gives the same archive within one run. */
export interface ArchiveFiles {
  open(location: string): Promise<Archive>;
  /** Files of tensors in the folder of a file, that one left out; not given where folders cannot be looked into. */
  beside?(location: string): Promise<readonly string[]>;
  /** The text of a file, such as a map; not given where there are archives alone. */
  text?(location: string): Promise<string>;
  /** Runs a model in ONNX Runtime; not given where nothing is computed. @throws CancelledError when `control` says so. */
  runModel?(job: OnnxJob, control: RunControl): Promise<OnnxReply>;
}

/** A tensor of a run with its file. */
export interface SourcedTensor {
  readonly tensor: Tensor;
  /** Without its folder. */
  readonly file: string;
  /** The entry's name; empty for a PackedSequence that is all of the file. */
  readonly name: string;
  /** Steps of each sequence of a PackedSequence, whose tensor is (T, B, …) then; null for any other tensor. */
  readonly packed: readonly number[] | null;
}

/** The search for a reference that names no tensor. */
export interface Wanted {
  readonly fits: (entry: TensorEntry) => boolean;
  /** The tensors that an error about an ambiguous reference lists first. */
  readonly resembles: (entry: TensorEntry) => boolean;
  /** Best known first. */
  readonly usual: readonly string[];
  /** Whether a PackedSequence is made a batch again; otherwise its parts are tensors like any other. */
  readonly unpacks: boolean;
}

interface Candidate {
  readonly name: string;
  readonly entry: TensorEntry;
  readonly packed: PackedEntries | null;
}

/**
 * Reads the tensor that `ref` refers to.
 * @throws the readers' errors; NotFoundError when the tensor is not there, or it is not clear which one is meant.
 */
export async function readSourced(
  ref: TensorRef,
  files: ArchiveFiles,
  wanted: Wanted,
): Promise<SourcedTensor> {
  const { file: location, tensor } = parseTensorRef(ref);
  const archive = await files.open(location);
  const file = baseName(location);
  const { name, entry, packed } = choose(file, archive, tensor ?? "", wanted);
  if (packed === null) return { file, name, tensor: await archive.read(entry), packed };
  const unpacked = await unpack(file, archive, packed);
  return { file, name, tensor: unpacked.tensor, packed: unpacked.lengths };
}

function choose(file: string, archive: Archive, tensor: string, wanted: Wanted): Candidate {
  const groups = wanted.unpacks ? findPacked(archive) : [];
  const found =
    tensor === ""
      ? likeliest(candidatesOf(archive, groups), wanted)
      : named(tensor, archive.entries, groups);
  if (found !== undefined) return found;
  const entries = fitsFirst(archive.entries, [wanted.fits, wanted.resembles]);
  const sentence = missingText(file, entries, tensor);
  const missing = tensor === "" ? { sentence } : { sentence, name: tensor };
  const describe = entries.map(({ name, shape }) => `${name} ${formatShape(shape)}`);
  // Programs are given the names alone.
  const data = { file, candidates: entries.map(({ name }) => name) };
  throw new NotFoundError(file, withUnread(missing, archive.notes), describe, {
    data: tensor === "" ? data : { ...data, tensor },
  });
}

function missingText(file: string, [first]: readonly TensorEntry[], tensor: string): Text {
  if (tensor !== "") return text("there is no tensor {0}", tensor);
  return first === undefined
    ? text("it holds no tensor")
    : text("say which tensor is meant, as {0}", `${file}#${first.name}`);
}

function named(
  tensor: string,
  entries: readonly TensorEntry[],
  groups: readonly PackedEntries[],
): Candidate | undefined {
  const packed = packedNamed(groups, tensor);
  if (packed !== undefined) return { name: packed.name, entry: packed.data, packed };
  const entry = entries.find(({ name }) => name === tensor);
  return entry === undefined ? undefined : { name: tensor, entry, packed: null };
}

/** The only candidate, the one with a usual name, or the only one that fits. */
function likeliest(
  candidates: readonly Candidate[],
  { fits, usual }: Wanted,
): Candidate | undefined {
  if (candidates.length === 1) return candidates[0];
  for (const name of usual) {
    const called = candidates.find((candidate) => candidate.name === name);
    if (called !== undefined) return called;
  }
  const fitting = candidates.filter(({ entry }) => fits(entry));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Tensors, and in the place of its parts each PackedSequence. */
function candidatesOf({ entries }: Archive, groups: readonly PackedEntries[]): Candidate[] {
  const parts = new Map<TensorEntry | null, PackedEntries>(
    groups.flatMap((group) =>
      [group.data, group.batchSizes, group.sorted, group.unsorted].map(
        (part) => [part, group] as const,
      ),
    ),
  );
  return entries.flatMap((entry): Candidate[] => {
    const packed = parts.get(entry);
    if (packed === undefined) return [{ name: entry.name, entry, packed: null }];
    return packed.data === entry ? [{ name: packed.name, entry, packed }] : [];
  });
}
