/**
 * Puts the shape check of a run together from the rows of its tensors. Never throws: a run that cannot be made has a
 * `clash`.
 */
import { checkInput, checkLengths } from "./inputs";
import { checkEmbedding, checkLinear, surroundingReferenceRows } from "./surrounding";
import { checkParameters } from "./parameters";
import { referenceRows } from "./references";
import { checkStates } from "./states";
import type { CheckedRow, Clash, ShapeCheck, ShapeInputs } from "./shapes";
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
  const stop = met.find(({ clash }) => clash !== null);
  const stopping = stop?.clash ?? refusalClash(inputs);
  const none = { clash: null, why: null, product: null, pytorch: null };
  const flowing = [...embedding, input, ...parameters, ...given, ...linear];
  return {
    rows: [...flowing.map(({ row }) => row), ...references],
    ...(stopping ?? none),
    stop: stop === undefined ? null : stopOf(stop.row),
  };
}

function stopOf({ name, found, expected }: CheckedRow["row"]): ShapeCheck["stop"] {
  return { name, found, expected };
}

/** Row of what layer 0 reads: the input, or what the embedding made of it. */
function checkSequence(inputs: ShapeInputs): CheckedRow {
  const checked = checkInput(inputs);
  return inputs.surrounding?.tokens == null
    ? checked
    : { ...checked, row: { ...checked.row, name: "embedded" } };
}

/** A cell that no run computes is not run as another one. */
function refusalClash({ refusals = [] }: ShapeInputs): Clash | null {
  const [first] = refusals;
  return first === undefined
    ? null
    : { clash: text("it is not run: {0}", first), why: null, product: null, pytorch: null };
}

/** Marks states and lengths that come from the weights file, and says what to do when they do not fit. */
function ofFile({ row, clash }: CheckedRow, { own = [] }: ShapeInputs): CheckedRow {
  const name = own.find((each) => each === row.name);
  if (name === undefined) return { row, clash };
  return {
    row: { ...row, reason: text("the file's own; {0}", row.reason) },
    clash: clash && {
      ...clash,
      why: text("It is the file's own, made for other inputs; give {0} for this one.", name),
      // PyTorch has no states in a file of weights.
      pytorch: null,
    },
  };
}
