/**
 * Why ONNX Runtime gave no outputs: one sentence each, and what would help.
 *
 * Its own words are those of onnxruntime/core (MIT): what is asked for most often is told in ours, the rest as it is.
 */
import { text, type Text } from "../../core/text";
import type { OnnxReply } from "./runtime";

/** A reply without outputs. */
type OnnxRefusal = Exclude<OnnxReply, { kind: "outputs" }>;

interface RefusalText {
  readonly why: "missing" | "crashed" | "too-large" | "unsupported" | "failed";
  readonly sentence: Text;
  readonly remedy: Text | null;
}

export function refusalText(reply: OnnxRefusal): RefusalText {
  switch (reply.kind) {
    case "missing":
      return {
        why: "missing",
        sentence: text("ONNX Runtime could not be loaded: {0}", reply.message),
        remedy: text("Install the extension again"),
      };
    case "died":
      return reply.isOutOfMemory
        ? memoryText()
        : {
            why: "crashed",
            sentence: text("ONNX Runtime ended in the middle: {0}", reply.message),
            remedy: text("Compare again"),
          };
    case "refused":
      return knownText(reply.message);
  }
}

function memoryText(): RefusalText {
  return tooLarge(text("it needs more memory than it may use"));
}

/** The run is too large, for a reason. */
export function tooLarge(reason: Text): RefusalText {
  return {
    why: "too-large",
    sentence: text("The run is too large for the embedded ONNX Runtime: {0}", reason),
    remedy: text("Run fewer steps or batch rows"),
  };
}

/** A kind of message, by what it says; `make` takes what was in the brackets. */
interface Known {
  readonly says: RegExp;
  readonly make: (...parts: readonly string[]) => RefusalText;
}

const known: readonly Known[] = [
  {
    says: /bad_alloc|out of memory|Failed to allocate memory|memory access out of bounds|Array buffer allocation failed/i,
    make: memoryText,
  },
  {
    says: /Could not find an implementation for ([\w.:]+)\((\d+)\) node(?: with name '([^']*)')?/,
    make: (operator = "", version = "", name = "") => ({
      why: "unsupported",
      sentence: text(
        "ONNX Runtime has no {0} of opset {1} for these types (node {2})",
        operator,
        version,
        name === "" ? operator : name,
      ),
      remedy: text("give the module's own input, or convert the model to float32"),
    }),
  },
  {
    says: /No Op registered for (\S+) with domain_version of (\d+)|(\S+)\(-1\) is not a registered function/,
    make: (operator = "", version = "", other = "") => ({
      why: "unsupported",
      sentence: text(
        "ONNX Runtime knows no operator {0} (opset {1})",
        operator === "" ? other : operator,
        version === "" ? "?" : version,
      ),
      remedy: text("give the module's own input: the module is computed without the other nodes"),
    }),
  },
  {
    says: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    make: (found = "", most = "") => ({
      why: "unsupported",
      sentence: text(
        "the model has IR version {0}, the embedded ONNX Runtime reads up to {1}",
        found,
        most,
      ),
      remedy: text("save it with an older version of onnx"),
    }),
  },
  {
    says: /Opset (\d+) is under development and support for this is limited.*?(\d+)\.?$|opset version (\d+).*?support.*?up to .*?(\d+)/is,
    make: (found = "", most = "", other = "", largest = "") => ({
      why: "unsupported",
      sentence: text(
        "the model is of opset {0}, the embedded ONNX Runtime knows those up to {1}",
        found === "" ? other : found,
        most === "" ? largest : most,
      ),
      remedy: text("export it with an older opset"),
    }),
  },
  {
    says: /Got invalid dimensions for input: (\S+) for the following indices\s+index: (\d+) Got: (\d+) Expected: (\d+)/,
    make: (name = "", axis = "", found = "", expected = "") => ({
      why: "unsupported",
      sentence: text(
        "the model's input {0} has {1} along axis {2}, where it declares {3}",
        ...([name, found, axis, expected] as const),
      ),
      remedy: text("give an input of the declared shape, or export the model with open axes"),
    }),
  },
  {
    says: /Invalid rank for input: (\S+) Got: (\d+) Expected: (\d+)/,
    make: (name = "", found = "", expected = "") => ({
      why: "unsupported",
      sentence: text(
        "the model's input {0} has {1} axes, where it declares {2}",
        ...([name, found, expected] as const),
      ),
      remedy: text("give an input of the declared shape, or export the model with open axes"),
    }),
  },
  {
    says: /Unexpected input data type\. Actual: \(?tensor\((\w+)\)\)?\s*,\s*expected: \(?tensor\((\w+)\)\)?/,
    make: (found = "", expected = "") => ({
      why: "unsupported",
      sentence: text("an input of the model is {0}, where it declares {1}", found, expected),
      remedy: null,
    }),
  },
  {
    says: /Protobuf parsing failed/i,
    make: () => ({
      why: "failed",
      sentence: text("ONNX Runtime cannot read the model: its protocol buffer is damaged"),
      remedy: null,
    }),
  },
];

function knownText(message: string): RefusalText {
  for (const { says, make } of known) {
    const found = says.exec(message);
    if (found !== null)
      return make(...found.slice(1).map((part: string | undefined) => part ?? ""));
  }
  return {
    why: "failed",
    sentence: text("ONNX Runtime refused: {0}", ownWords(message)),
    remedy: null,
  };
}

/** What it says, without the place in its sources and the number of its error. */
function ownWords(message: string): string {
  const words = message
    .replace(/^.*?ERROR_MESSAGE:\s*"?/s, "")
    .replace(/\/[\w./-]+\.(?:cc|h):\d+\s+\S.*?\)\s+(?=\S)/g, "")
    .trim();
  return words === "" ? message : words;
}
