/**
 * The tensors of a run beside its weights, each by its name, or by what tensors of that part are usually called.
 */
import { NotFoundError, UnsupportedError } from "../errors";
import type { Archive } from "../formats/archive";
import type { RecurrentConfig } from "../model/config";
import { hasInputShape, usualNames } from "../model/fit";
import type { RunInputs } from "../run";
import { parseTensorRef, type RunSpec, type TensorRef } from "../runSpec";
import { formatShape, type Tensor, type TensorEntry } from "../tensor/tensor";
import { text } from "../text";
import { baseName } from "./baseName";

/** Opens the files that a run names; the same location gives the same archive within one run. */
export interface ArchiveFiles {
  open(location: string): Promise<Archive>;
}

/** What a run is given beside its weights; null where it is given none. */
export interface RunTensors extends Pick<RunInputs, "input" | "h0" | "c0" | "lengths"> {
  readonly reference: RunInputs["reference"] & {
    readonly embedded: Tensor | null;
    readonly logits: Tensor | null;
  };
}

/** Reads everything but the weights. @throws the readers' errors; NotFoundError when a tensor is not there. */
export async function readRunTensors(
  spec: RunSpec,
  files: ArchiveFiles,
  config: RecurrentConfig,
): Promise<RunTensors> {
  const fits = ({ shape }: TensorEntry): boolean => hasInputShape(config, shape);
  const hasCellState = config.cell === "LSTM";
  const { reference } = spec;
  return {
    input: await readTensor(spec.input, files, fits, usualNames.input),
    h0: await readOptional(spec.h0, files, usualNames.h0),
    c0: hasCellState ? await readOptional(spec.c0, files, usualNames.c0) : null,
    lengths: await readLengths(spec.lengths, files),
    reference: {
      output: await readOptional(reference?.output, files, usualNames.output),
      hn: await readOptional(reference?.h_n, files, usualNames.hn),
      cn: hasCellState ? await readOptional(reference?.c_n, files, usualNames.cn) : null,
      embedded: await readOptional(reference?.embedded, files, usualNames.embedded),
      logits: await readOptional(reference?.logits, files, usualNames.logits),
    },
  };
}

/**
 * Reads `file#tensor`, or the only tensor of a file.
 * @throws the readers' errors; NotFoundError when the tensor is not there.
 */
export function readNamedTensor(ref: TensorRef, files: ArchiveFiles): Promise<Tensor> {
  return readTensor(ref, files, () => false, []);
}

async function readOptional(
  ref: TensorRef | undefined,
  files: ArchiveFiles,
  names: readonly string[],
): Promise<Tensor | null> {
  return ref === undefined ? null : readTensor(ref, files, () => false, names);
}

/** Reads `file#tensor`; without a name the only entry, the one with a usual name, or the only one that fits. */
async function readTensor(
  ref: TensorRef,
  files: ArchiveFiles,
  fits: (entry: TensorEntry) => boolean,
  names: readonly string[],
): Promise<Tensor> {
  const { file, tensor } = parseTensorRef(ref);
  const archive = await files.open(file);
  const { entries } = archive;
  const byName = (name: string): TensorEntry | undefined =>
    entries.find((entry) => entry.name === name);
  const describe = entries.map(({ name, shape }) => `${name} ${formatShape(shape)}`);
  if (tensor !== undefined && tensor !== "") {
    const entry = byName(tensor);
    if (entry !== undefined) return archive.read(entry);
    throw new NotFoundError(baseName(file), text("there is no tensor {0}", tensor), describe);
  }
  const fitting = entries.filter(fits);
  const entry =
    (entries.length === 1 ? entries[0] : undefined) ??
    names.map(byName).find((named) => named !== undefined) ??
    (fitting.length === 1 ? fitting[0] : undefined);
  if (entry !== undefined) return archive.read(entry);
  const missing =
    entries.length === 0
      ? text("it holds no tensor")
      : text("say which tensor is meant, as {0}", `${baseName(file)}#${entries[0]?.name ?? ""}`);
  throw new NotFoundError(baseName(file), missing, describe);
}

async function readLengths(
  lengths: RunSpec["lengths"],
  files: ArchiveFiles,
): Promise<readonly number[] | null> {
  if (lengths === undefined) return null;
  if (typeof lengths !== "string") return lengths;
  const { data } = await readTensor(lengths, files, () => false, usualNames.lengths);
  const bad = data.find((length) => !Number.isFinite(length));
  if (bad !== undefined) {
    const { file } = parseTensorRef(lengths);
    const problem = text("a length is {0}, lengths are whole numbers", String(bad));
    throw new UnsupportedError(baseName(file), problem);
  }
  return Array.from(data);
}
