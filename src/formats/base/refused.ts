/**
 * Known file types that Unroll does not read, with a sentence that says what to do.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import type { Remedy } from "../../core/remedies";
import { text, type Text } from "../../core/text";

/** Formats of other frameworks: by what they begin with, else by the end of their names; and what to do instead. */
const foreignKinds: readonly {
  readonly begins?: (head: Uint8Array, start: string) => boolean;
  readonly named?: RegExp;
  readonly reason: Text;
  readonly remedies: readonly Remedy[];
}[] = [
  {
    named: /\.data-\d{5}-of-\d{5}$/i,
    reason: text("these are the values of a TensorFlow checkpoint"),
    remedies: [{ do: "open-beside", format: ".index" }],
  },
  {
    named: /\.meta$/i,
    reason: text("the graph of a TensorFlow checkpoint is not read"),
    remedies: [{ do: "open-beside", format: ".index" }],
  },
  {
    begins: (head) => startsWith(head.subarray(4), [0x54, 0x46, 0x4c, 0x33]),
    named: /\.tflite$/i,
    reason: text("a TensorFlow Lite model is not read"),
    remedies: [{ do: "open-made-from" }],
  },
  {
    named: /\.(?:mlmodel|mlpackage)$/i,
    reason: text("a Core ML model is not read"),
    remedies: [{ do: "open-made-from", formats: [".pt", ".onnx", ".keras"] }],
  },
  {
    begins: (head) => startsWith(head, [0x12, 0x01, 0, 0, 0, 0, 0, 0]),
    named: /\.params$/i,
    reason: text("an MXNet parameter file is not read"),
    remedies: [{ do: "load-and-save", load: "mxnet.nd.load", save: "numpy.savez" }],
  },
  {
    begins: (head) => startsWith(head, [4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0x56, 0x20]),
    named: /\.t7$/i,
    reason: text("a file of Lua Torch is not read"),
    remedies: [{ do: "load-and-save", load: "torchfile.load", save: "torch.save" }],
  },
  {
    begins: (_, start) => start.startsWith("MATLAB 5.0 MAT-file"),
    named: /\.mat$/i,
    reason: text("a MATLAB file of version 5 or older is not read, one of version 7.3 is"),
    remedies: [{ do: "save-again-with", call: "save(file, '-v7.3')" }],
  },
  {
    named: /\.(?:caffemodel|prototxt)$/i,
    reason: text("a Caffe model is not read"),
    remedies: [{ do: "convert-to", format: "ONNX" }],
  },
  {
    named: /\.msgpack$/i,
    reason: text("a msgpack file of Flax is not read"),
    remedies: [
      { do: "load-and-save", load: "flax.serialization.msgpack_restore", save: "numpy.savez" },
    ],
  },
  {
    named: /\.(?:joblib|rds|rdata|pdmodel|engine|trt|nnet|mar)$/i,
    reason: text("this kind of file is not read"),
    remedies: [
      { do: "save-weights-as", formats: [".npz", ".safetensors"] },
      { do: "save-weights-with", call: "torch.save" },
    ],
  },
  {
    named: /\.(?:c|h|cc|cpp|hpp|py|js|ts|lua|m)$/i,
    reason: text("this is source code, not a file of tensors"),
    remedies: [{ do: "open-weights" }],
  },
];

const utf16Signatures: readonly (readonly number[])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/**
 * @throws FormatError for a file that stands in another's place.
 */
export function refuseKnownFile(file: string, head: Uint8Array, start: string): void {
  if (utf16Signatures.some((signature) => startsWith(head, signature))) {
    throw new FormatError(file, text("this is UTF-16 text"), {
      remedies: [{ do: "save-as", format: "UTF-8" }],
    });
  }
  if (start.startsWith("version https://git-lfs")) {
    throw new FormatError(file, text("a Git LFS pointer stands in place of the file"), {
      remedies: [{ do: "fetch-with", command: "git lfs pull" }],
    });
  }
  if (/^<(!doctype|html|\?xml|head|body)/i.test(start)) {
    throw new FormatError(
      file,
      text("this is a web page (HTML), not a file of tensors: the download may have failed"),
      { remedies: [{ do: "download-again" }] },
    );
  }
}

/**
 * For a file of a torch.distributed checkpoint, whose parts begin like a whole file of torch.save.
 * @throws UnsupportedError with what makes one file of it.
 */
export function refuseDistributed(file: string): void {
  if (!/\.distcp$|(?:^|[\\/])\.metadata$/i.test(file)) return;
  throw new UnsupportedError(
    file,
    text(
      "this is a part of a torch.distributed checkpoint (DCP, FSDP); make one file of its folder with: python -m torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER model.pt",
    ),
  );
}

/**
 * For a file whose content no reader knows.
 * @throws UnsupportedError for a format of another framework.
 */
export function refuseForeignKind(file: string, head: Uint8Array, start: string): void {
  const kind =
    foreignKinds.find(({ begins }) => begins?.(head, start) === true) ??
    foreignKinds.find(({ named }) => named?.test(file) === true);
  if (kind === undefined) return;
  throw new UnsupportedError({ file }, kind.reason, { remedies: kind.remedies });
}

/** True when bytes begin with these. */
export function startsWith(head: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => head[index] === byte);
}
