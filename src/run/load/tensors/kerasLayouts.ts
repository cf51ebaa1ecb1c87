/**
 * Converts inputs, states and outputs of Keras layers to the layout of a module.
 *
 * Source: keras/src/layers/rnn/rnn.py and keras/src/backend, `rnn`: a masked step gives the output before it again.
 */
import type { RecurrentConfig } from "../../../model/config";
import type { ModuleFacts } from "../../../model/facts";
import { outputShapes, sequenceSizes, type SequenceSizes } from "../../../model/sequence";
import { formatShape, sameShape, type Shape, type Tensor } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { RunTensors } from "./runTensors";

/** The run that uses the tensors, and the list of its notes. */
interface Frame {
  readonly config: RecurrentConfig;
  readonly facts: ModuleFacts;
  readonly notes: Text[];
}

/** A run's tensors, those of Keras' layout turned into the module's, each with a note. */
export function fromKerasLayout<Tensors extends RunTensors>(
  tensors: Tensors,
  frame: Frame,
): Tensors {
  const { config, facts } = frame;
  const sizes = sequenceSizes(tensors.input.shape, config.batchFirst);
  if (facts.framework !== "Keras" || sizes === null || sizes.unbatched) return tensors;
  const { hn, cn, output: expected } = outputShapes(config, sizes);
  const { h0, c0, reference, lengths } = tensors;
  const given = {
    ...tensors,
    h0: withDirection("h0", h0, hn, frame),
    c0: withDirection("c0", c0, cn, frame),
    reference: {
      ...reference,
      hn: withDirection("h_n", reference.hn, hn, frame),
      cn: withDirection("c_n", reference.cn, cn, frame),
    },
  };
  const { output } = given.reference;
  if (output === null) return given;
  if (reference.hn === null && sameShape(output.shape, [sizes.batchSize, expected.at(-1) ?? 0])) {
    const last = lastOutput(output, { ...frame, sizes, expected: hn });
    return { ...given, reference: { ...given.reference, output: null, hn: last } };
  }
  if (!sameShape(output.shape, expected)) return given;
  const inOrder =
    facts.kerasOutput?.isReversed === true ? turnedRound(output, { ...frame, sizes }) : output;
  const compared =
    lengths === null ? inOrder : withoutRepeats(inOrder, lengths, { ...frame, sizes });
  return { ...given, reference: { ...given.reference, output: compared } };
}

/** [B, H] → [1, B, H] of a layer of one direction. */
function withDirection(
  name: string,
  tensor: Tensor | null,
  expected: Shape | null,
  { notes }: Frame,
): Tensor | null {
  if (tensor === null || expected?.[0] !== 1 || !sameShape(tensor.shape, expected.slice(1))) {
    return tensor;
  }
  notes.push(text("{0} is [B, H], as Keras has it: it stands for [1, B, H]", name));
  return { ...tensor, shape: expected };
}

/** The directions' last outputs side by side, [B, D·H], are h_n, [D, B, H]. */
function lastOutput(
  output: Tensor,
  { expected, notes }: Frame & { readonly sizes: SequenceSizes; readonly expected: Shape },
): Tensor {
  const [directions = 1, batch = 0, units = 0] = expected;
  notes.push(
    text(
      "the reference's output {0} is the last one, as return_sequences=False gives it: it is compared as h_n",
      formatShape(output.shape),
    ),
  );
  const data = output.data.slice();
  for (let direction = 0; direction < directions; direction += 1) {
    for (let row = 0; row < batch; row += 1) {
      const from = (row * directions + direction) * units;
      const part = output.data.subarray(from, from + units);
      data.set(part, (direction * batch + row) * units);
    }
  }
  return { ...output, shape: expected, data };
}

type OutputFrame = Frame & { readonly sizes: SequenceSizes };

/** Where step `step` of sequence `row` begins in an output. */
function placeOf(
  { config, sizes }: OutputFrame,
  width: number,
): (row: number, step: number) => number {
  const { seqLength, batchSize } = sizes;
  return (row, step) =>
    (config.batchFirst ? row * seqLength + step : step * batchSize + row) * width;
}

function turnedRound(output: Tensor, frame: OutputFrame): Tensor {
  const { seqLength, batchSize } = frame.sizes;
  const width = output.shape.at(-1) ?? 0;
  const place = placeOf(frame, width);
  frame.notes.push(
    text(
      "the reference's output is in the order of go_backwards, the last step first: it is turned round",
    ),
  );
  const data = output.data.slice();
  for (let row = 0; row < batchSize; row += 1) {
    for (let step = 0; step < seqLength; step += 1) {
      const from = place(row, seqLength - 1 - step);
      data.set(output.data.subarray(from, from + width), place(row, step));
    }
  }
  return { ...output, data };
}

/** Replaces outputs of masked steps that Keras repeated by zeros. */
function withoutRepeats(output: Tensor, lengths: readonly number[], frame: OutputFrame): Tensor {
  const { config, sizes, notes } = frame;
  const width = output.shape.at(-1) ?? 0;
  // The reverse direction begins in the padding, where it has no output to repeat yet.
  const units = config.bidirectional ? width / 2 : width;
  const place = placeOf(frame, width);
  const data = output.data.slice();
  let isRepeated = false;
  for (const [row, length] of lengths.entries()) {
    if (length < 1 || length > sizes.seqLength) continue;
    const from = place(row, length - 1);
    const last = output.data.subarray(from, from + units);
    for (let step = length; step < sizes.seqLength; step += 1) {
      const at = place(row, step);
      const isSame = last.every((value, unit) => Object.is(value, output.data[at + unit]));
      if (!isSame) return output;
      data.fill(0, at, at + units);
      isRepeated = true;
    }
  }
  if (!isRepeated) return output;
  notes.push(
    text(
      "in masked steps the reference repeats the last output, as Keras does: they are compared as zeros",
    ),
  );
  return { ...output, data };
}
