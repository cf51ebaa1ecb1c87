/**
 * Puts the shape check of a run together from the rows of its tensors. Never throws: a run that cannot be made has a
 * `clash`.
 */
import { checkInput, checkLengths } from "./inputs";
import { checkEmbedding, checkLinear, surroundingReferenceRows } from "./surrounding";
import { checkParameters } from "./parameters";
import { referenceRows } from "./references";
import { checkStates } from "./states";
import type { Refusal } from "./clash";
import type { CheckedRow, ShapeCheck, ShapeInputs } from "./shapes";
import { sequenceSizes } from "../sequence";
import { text } from "../../core/text";

/** All rows of a run, top to bottom as data flows, and the first clash in the order PyTorch would meet it. */
export function checkShapes(inputs: ShapeInputs): ShapeCheck {
  const sizes = sequenceSizes(inputs.input, inputs.config.batchFirst);
  const embedding = checkEmbedding(inputs);
  const input = checkSequence(inputs);
  const parameters = checkParameters(inputs);
  const given =
    sizes === null
      ? []
      : [...checkStates(inputs, sizes), ...checkLengths(inputs, sizes)].map((checked) =>
          ofFile(checked, inputs),
        );
  const linear = sizes === null ? [] : checkLinear(inputs, sizes);
  const references =
    sizes === null
      ? []
      : [...referenceRows(inputs, sizes), ...surroundingReferenceRows(inputs, sizes)];

  const met = [...parameters, ...embedding, input, ...given, ...linear];
  const known = met.find(({ clash }) => clash !== null)?.clash;
  const none = { clash: refusal(inputs), cause: null, product: null, pytorch: null };
  const flowing = [...embedding, input, ...parameters, ...given, ...linear];
  return {
    rows: [...flowing.map(({ row }) => row), ...references],
    ...(known ?? none),
    hints: [],
  };
}

/** Row of what layer 0 reads: the input, or what the embedding made of it. */
function checkSequence(inputs: ShapeInputs): CheckedRow {
  const checked = checkInput(inputs);
  if (inputs.surrounding?.tokens == null) return checked;
  const { row, clash } = checked;
  const name = "embedded";
  return {
    row: { ...row, name },
    clash: clash && { ...clash, clash: { ...clash.clash, tensor: name } },
  };
}

/** A cell that no run computes is not run as another one. */
function refusal({ refusals = [] }: ShapeInputs): Refusal | null {
  const [reason] = refusals;
  return reason === undefined ? null : { of: "refusal", tensor: null, reason };
}

/** Marks states and lengths that come from the weights file, and says what to do when they do not fit. */
function ofFile({ row, clash }: CheckedRow, { own = [] }: ShapeInputs): CheckedRow {
  const name = own.find((each) => each === row.name);
  if (name === undefined) return { row, clash };
  return {
    row: { ...row, reason: text("the file's own; {0}", row.reason) },
    clash: clash && {
      ...clash,
      cause: { is: "own-of-file", tensor: name },
      // PyTorch has no states in a file of weights.
      pytorch: null,
    },
  };
}
