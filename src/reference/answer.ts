/**
 * The answer of an engine as the reference of its run: what is compared, shown and diagnosed like one from files.
 */
import { sequenceSizes } from "../model/sequence";
import { stateShape } from "../model/stateNames";
import type { RunInputs, StateReference } from "../run/inputs";
import { sameShape, type Tensor } from "../tensor/tensor";
import type { AnsweredState, ReferenceAnswer } from "./engine";

/** The run with an answer as its reference; references that it had are replaced. */
export function withAnswer(inputs: RunInputs, answer: ReferenceAnswer): RunInputs {
  const { tensors, states } = answer;
  const surrounding =
    inputs.surrounding === undefined
      ? {}
      : {
          surrounding: {
            ...inputs.surrounding,
            reference: { embedded: tensors.embedded ?? null, logits: tensors.logits ?? null },
          },
        };
  return {
    ...inputs,
    ...surrounding,
    reference: {
      output: tensors.output ?? null,
      hn: tensors.h_n ?? null,
      cn: tensors.c_n ?? null,
    },
    states: states.map((state) => referenceOf(state, inputs)),
  };
}

function referenceOf(
  { layer, direction, quantity, tensor }: AnsweredState,
  { config, input }: RunInputs,
): StateReference {
  const sizes = sequenceSizes(input.shape, config.batchFirst);
  const expected = sizes === null ? [] : stateShape(config, sizes, quantity);
  const { dtype, shape: found, data } = tensor;
  const values = sameShape(found, expected) ? data : null;
  return { layer, direction, quantity, dtype, found, expected, values };
}

/** Everything that an answer holds by the names that files of references have. */
export function tensorsOf({ tensors, states }: ReferenceAnswer): Map<string, Tensor> {
  const named = Object.entries(tensors).filter(([, tensor]) => tensor !== undefined);
  return new Map<string, Tensor>([
    ...named,
    ...states.map(
      ({ layer, direction, quantity, tensor }) =>
        [`layer${layer}.${direction}.${quantity}`, tensor] as const,
    ),
  ]);
}
