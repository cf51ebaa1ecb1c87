/**
 * What the limits of the product bound, by name, and the words for it.
 */
import { text, type Text } from "./text";

/** What a limit bounds: a name, and the sizes that explain it. Survives `postMessage`. */
export type Bound =
  | { readonly of: PlainBound }
  | { readonly of: "tensor-bytes" | "chunk-bytes"; readonly tensor: string }
  | { readonly of: "repeated-bytes"; readonly tensor: string; readonly storedBytes: number }
  | { readonly of: "member-bytes"; readonly member: string }
  | { readonly of: "inflated-bytes"; readonly member: string; readonly storedBytes: number }
  | { readonly of: "gunzipped-bytes"; readonly storedBytes: number }
  | { readonly of: "line-bytes"; readonly line: number }
  | { readonly of: "written-bytes"; readonly fileBytes: number }
  | { readonly of: "states-megabytes"; readonly seqLength: number; readonly batchSize: number }
  | { readonly of: "gradients-megabytes"; readonly batchSize: number };

/** Bounds of a file as a whole, or of a run, that need no further words. */
type PlainBound = keyof typeof plainBounds;

type BoundTexts = {
  readonly [Of in Exclude<Bound["of"], PlainBound>]: (bound: Bound & { readonly of: Of }) => Text;
};

/** What is bounded, as the subject of a sentence. */
export function boundText(bound: Bound): Text {
  if (isPlain(bound)) return plainBounds[bound.of]();
  // The table has a function for each name, which takes the bound of that name.
  const makeText = boundTexts[bound.of] as (bound: Bound) => Text;
  return makeText(bound);
}

function isPlain(bound: Bound): bound is Bound & { readonly of: PlainBound } {
  return Object.hasOwn(plainBounds, bound.of);
}

const plainBounds = {
  "tensor-count": () => text("the number of tensors"),
  "object-count": () => text("the number of objects"),
  "node-count": () => text("the number of nodes"),
  "called-bytes": () => text("the size of its functions where they are called, in bytes"),
  "field-count": () => text("the number of fields of nodes and tensors"),
  "list-count": () => text("the number of lists and objects"),
  "file-count": () => text("the number of files in the set"),
  "member-count": () => text("the number of zip members"),
  "opcode-count": () => text("the number of pickle opcodes"),
  "key-count": () => text("the number of keys"),
  "value-count": () => text("the number of values"),
  "json-value-count": () => text("the number of values for JSON"),
  "written-value-count": () => text("the number of values to write out"),
  "spectrum-value-count": () => text("the number of values of a matrix with a spectrum"),
  "repeated-steps": () => text("the number of steps that repeat asks for"),
  "json-depth": () => text("the nesting of the JSON text"),
  "graph-depth": () => text("the depth of graphs within graphs"),
  "pickle-depth": () => text("the nesting of the pickled value"),
  "file-bytes": () => text("the size in bytes"),
  "json-bytes": () => text("the size of the JSON text in bytes"),
  "header-bytes": () => text("the size of the header in bytes"),
  "directory-bytes": () => text("the size of the zip directory in bytes"),
  "table-bytes": () => text("the size of the table in bytes"),
  "table-block-bytes": () => text("the size of a block of the table in bytes"),
  "name-bytes": () => text("the length of a name in bytes"),
  "pickle-bytes": () => text("the size of its pickle in bytes"),
  "pickle-value-bytes": () => text("the size of the values in the pickle in bytes"),
  "integer-bytes": () => text("the size of an integer in bytes"),
  "unpacked-bytes": () => text("the size of the unpacked batch in bytes"),
  "repeated-input-bytes": () => text("the size of the repeated input in bytes"),
  "result-bytes": () => text("the size of its states in bytes"),
  "step-gradient-bytes": () => text("the bytes of all gradients of every step"),
  "machine-megabytes": () => text("the memory of this machine, in MB"),
  "noise-megabytes": () =>
    text("the memory for the rounding noise of each batch row and step, in MB"),
  "mistake-megabytes": () => text("the memory for the states under a finding, in MB"),
} satisfies Readonly<Record<string, () => Text>>;

const boundTexts: BoundTexts = {
  "tensor-bytes": ({ tensor }) => text("the size of {0} in bytes", tensor),
  "member-bytes": ({ member }) => text("the size of {0} in bytes", member),
  "chunk-bytes": ({ tensor }) =>
    text("the size in bytes of a chunk of {0}, which is unpacked whole,", tensor),
  "repeated-bytes": ({ tensor, storedBytes }) =>
    text("the size in bytes of {0}, which repeats {1} bytes,", tensor, storedBytes),
  "inflated-bytes": ({ member, storedBytes }) =>
    text(
      "the inflated size in bytes of the zip member {0}, far more than its {1} compressed ones (numpy.savez stores without compression),",
      member,
      storedBytes,
    ),
  "gunzipped-bytes": ({ storedBytes }) =>
    text(
      "the unpacked size in bytes of {0} in gzip, which gunzip unpacks to a file that can be opened,",
      storedBytes,
    ),
  "line-bytes": ({ line }) => text("the size in bytes of line {0}", line),
  "written-bytes": ({ fileBytes }) =>
    text("the size in bytes of what is to be written, of a file of {0} bytes,", fileBytes),
  "states-megabytes": ({ seqLength, batchSize }) =>
    text("the memory for the states of T = {0}, B = {1}, in MB", seqLength, batchSize),
  "gradients-megabytes": ({ batchSize }) =>
    text("the memory for the gradients of B = {0}, in MB", batchSize),
};
