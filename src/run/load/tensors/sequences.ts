/**
 * Converts the sequences of a run to its layout; a PackedSequence becomes a batch.
 */
import { sequenceSizes } from "../../../model/sequence";
import type { Tensor } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { SourcedTensor } from "./chooseTensor";
import { listed, type RunSequence } from "./lengths";
import { layOut } from "./packedSequence";
import type { ReadTensors, ReferenceName, RunTensors } from "./runTensors";

/** The input; a PackedSequence is laid out as `batchFirst` says, with a note. */
export function takeInput(
  { tensor, packed, file }: SourcedTensor,
  batchFirst: boolean,
  notes: Text[],
): Tensor {
  if (packed === null) return tensor;
  notes.push(
    text(
      "the input in {0} is a PackedSequence: it runs as the batch of {1} that it was packed from, with the lengths {2}",
      file,
      packed.length,
      listed(packed),
    ),
  );
  return layOut(tensor, { batchFirst });
}

/** The references as tensors; before the run's layout is known a PackedSequence is (T, B, …). */
export function referenceTensors({ reference }: ReadTensors): RunTensors["reference"] {
  const { output, h_n: hn, c_n: cn, embedded, logits } = reference;
  return {
    output: output?.tensor ?? null,
    hn: hn?.tensor ?? null,
    cn: cn?.tensor ?? null,
    embedded: embedded?.tensor ?? null,
    logits: logits?.tensor ?? null,
  };
}

/** The reference's output in the layout of the input, a PackedSequence as long as the run, with a note. */
export function takeOutput(
  output: SourcedTensor | null,
  { shape, batchFirst }: RunSequence,
  notes: Text[],
): Tensor | null {
  if (output === null) return null;
  const { tensor, packed, file } = output;
  if (packed === null) return tensor;
  notes.push(text("the reference's output in {0} is a PackedSequence, unpacked", file));
  const steps = sequenceSizes(shape, batchFirst)?.seqLength ?? 0;
  return layOut(tensor, { batchFirst, steps });
}

/** The name of each reference in sentences: `ref.npz · output`. */
export function sourcesOf({ reference }: ReadTensors): Partial<Record<ReferenceName, string>> {
  const named = Object.entries(reference).flatMap(([part, source]) =>
    source === null ? [] : [[part, sourceName(source)] as const],
  );
  return Object.fromEntries(named);
}

/** `ref.npz · output`; of a file that holds nothing else its name alone. */
export function sourceName({ file, name }: Pick<SourcedTensor, "file" | "name">): string {
  return name === "" ? file : `${file} · ${name}`;
}
