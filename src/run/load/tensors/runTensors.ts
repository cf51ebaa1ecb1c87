/**
 * Finds the tensors of a run besides its weights, by the given name or by usual names.
 */
import type { Text } from "../../../core/text";
import type { RecurrentConfig } from "../../../model/config";
import { fitsTokens, hasInputShape, resembles, usualNames } from "../../../model/find/fit";
import type { RunInputs } from "../../inputs";
import type { RunSpec, TensorRef } from "../../spec/spec";
import type { Tensor } from "../../../tensor/tensor";
import { readSourced, type ArchiveFiles, type SourcedTensor, type Wanted } from "./chooseTensor";
import { readReturned } from "./returned";

/** The references of a run that are one tensor, by the names that a run file gives them. */
export type ReferenceName = Exclude<keyof NonNullable<RunSpec["reference"]>, "states">;

/** The tensors of a run besides its weights; null when there is none. */
export interface RunTensors extends Pick<RunInputs, "input" | "h0" | "c0" | "lengths"> {
  readonly reference: RunInputs["reference"] & {
    readonly embedded: Tensor | null;
    readonly logits: Tensor | null;
  };
}

/** Tensors in the layout of their files; a PackedSequence is unpacked, (T, B, …). */
export interface ReadTensors {
  readonly input: SourcedTensor;
  readonly h0: Tensor | null;
  readonly c0: Tensor | null;
  /** Numbers of the run file, or a tensor. */
  readonly lengths: readonly number[] | SourcedTensor | null;
  readonly reference: Readonly<Record<ReferenceName, SourcedTensor | null>>;
}

/** Reads everything but the weights. @throws the readers' errors; NotFoundError when a tensor is not there. */
export async function readRunTensors(
  spec: RunSpec,
  files: ArchiveFiles,
  config: RecurrentConfig,
  notes: Text[],
): Promise<ReadTensors> {
  const hasCellState = config.cell === "LSTM";
  const read = (
    ref: TensorRef | undefined,
    name: keyof typeof usualNames,
    unpacks = false,
  ): Promise<SourcedTensor | null> =>
    ref === undefined
      ? Promise.resolve(null)
      : readSourced(ref, files, {
          fits: () => false,
          resembles: (entry) => resembles(config, name, entry),
          usual: usualNames[name],
          unpacks,
        });
  const input: Wanted = {
    fits: ({ shape }) => hasInputShape(config, shape),
    resembles: fitsTokens,
    usual: usualNames.input,
    unpacks: true,
  };
  const { lengths, reference = {} } = spec;
  const returned = async (
    ref: TensorRef | undefined,
    name: "output" | "hn" | "cn",
  ): Promise<SourcedTensor | null> =>
    (ref === undefined ? null : await readReturned(ref, name, { files, config, notes })) ??
    read(ref, name, name === "output");
  const [h0, c0] = [await read(spec.h0, "h0"), hasCellState ? await read(spec.c0, "c0") : null];
  return {
    input: await readSourced(spec.input, files, input),
    h0: h0?.tensor ?? null,
    c0: c0?.tensor ?? null,
    lengths: typeof lengths === "string" ? await read(lengths, "lengths") : (lengths ?? null),
    reference: {
      output: await returned(reference.output, "output"),
      h_n: await returned(reference.h_n, "hn"),
      c_n: hasCellState ? await returned(reference.c_n, "cn") : null,
      embedded: await read(reference.embedded, "embedded"),
      logits: await read(reference.logits, "logits"),
    },
  };
}

/**
 * Reads `file#tensor`, or the only tensor of a file.
 * @throws the readers' errors; NotFoundError when the tensor is not there.
 */
export async function readNamedTensor(ref: TensorRef, files: ArchiveFiles): Promise<Tensor> {
  const wanted = { fits: () => false, resembles: () => false, usual: [], unpacks: false };
  return (await readSourced(ref, files, wanted)).tensor;
}
