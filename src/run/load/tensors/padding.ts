/**
 * Lengths that follow from the input, because a layer before the module masks steps.
 */
import type { Padding } from "../../../model/given";
import { sequenceSizes } from "../../../model/sequence";
import type { Tensor } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";

/** The lengths that result from masking an input. */
export interface PaddedLengths {
  /** null when no step is masked, or the mask is unknown. */
  readonly lengths: readonly number[] | null;
  /** Why the run does not follow the masks. */
  readonly refusal: Text | null;
}

const nothing: PaddedLengths = { lengths: null, refusal: null };

/** `input` is what layer 0 reads, `tokens` what it was looked up from; null where it has features. */
export function paddedLengths(
  padding: Padding,
  given: { readonly input: Tensor; readonly tokens: Tensor | null },
  batchFirst: boolean,
): PaddedLengths {
  const { input, tokens } = given;
  const sizes = sequenceSizes(input.shape, batchFirst);
  const source = padding.of === "features" ? input : tokens;
  if (sizes === null || source === null) return nothing;
  const { seqLength, batchSize, features } = sizes;
  const width = padding.of === "features" ? features : 1;
  const value = Math.fround(padding.value);
  const lengths: number[] = [];
  for (let row = 0; row < batchSize; row += 1) {
    const isMasked = (step: number): boolean => {
      const from = (batchFirst ? row * seqLength + step : step * batchSize + row) * width;
      return source.data.subarray(from, from + width).every((each) => each === value);
    };
    let length = seqLength;
    while (length > 0 && isMasked(length - 1)) length -= 1;
    const before = Array.from({ length }, (_, step) => step).find(isMasked);
    if (before !== undefined) {
      const refusal = text(
        "step {0} of sequence {1} is masked before others, and padding is read at the end only: give lengths to run all the same",
        ...([before, row] as const),
      );
      return { lengths: null, refusal };
    }
    lengths.push(length);
  }
  return lengths.every((length) => length === seqLength) ? nothing : { lengths, refusal: null };
}
