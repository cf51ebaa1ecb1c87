/**
 * Known file types that Unroll does not read, with a sentence that says what to do.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";

/** Formats of other frameworks: by what they begin with, else by the end of their names. */
const foreignKinds: readonly {
  readonly begins?: (head: Uint8Array, start: string) => boolean;
  readonly named?: RegExp;
  readonly reason: Text;
}[] = [
  {
    named: /\.data-\d{5}-of-\d{5}$/i,
    reason: text(
      "these are the values of a TensorFlow checkpoint; open the file beside it that ends in .index",
    ),
  },
  {
    named: /\.meta$/i,
    reason: text(
      "the graph of a TensorFlow checkpoint is not read; open the file beside it that ends in .index",
    ),
  },
  {
    begins: (head) => startsWith(head.subarray(4), [0x54, 0x46, 0x4c, 0x33]),
    named: /\.tflite$/i,
    reason: text("a TensorFlow Lite model is not read; open the model that it was converted from"),
  },
  {
    named: /\.(?:mlmodel|mlpackage)$/i,
    reason: text(
      "a Core ML model is not read; open the model that it was converted from (.pt, .onnx, .keras)",
    ),
  },
  {
    begins: (head) => startsWith(head, [0x12, 0x01, 0, 0, 0, 0, 0, 0]),
    named: /\.params$/i,
    reason: text(
      "an MXNet parameter file is not read; load it with mxnet.nd.load and save its arrays with numpy.savez",
    ),
  },
  {
    begins: (head) => startsWith(head, [4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0x56, 0x20]),
    named: /\.t7$/i,
    reason: text(
      "a file of Lua Torch is not read; load it with torchfile in Python and save its tensors with torch.save",
    ),
  },
  {
    begins: (_, start) => start.startsWith("MATLAB 5.0 MAT-file"),
    named: /\.mat$/i,
    reason: text(
      "a MATLAB file of version 5 or older is not read; save it again with save(file, '-v7.3'), which is HDF5",
    ),
  },
  {
    named: /\.(?:caffemodel|prototxt)$/i,
    reason: text("a Caffe model is not read; convert it to ONNX and open that"),
  },
  {
    named: /\.msgpack$/i,
    reason: text(
      "a msgpack file of Flax is not read; load it with flax.serialization and save its arrays with numpy.savez or as .safetensors",
    ),
  },
  {
    named: /\.(?:joblib|rds|rdata|pdmodel|engine|trt|nnet|mar)$/i,
    reason: text(
      "this kind of file is not read; save the weights as .npz, .safetensors or with torch.save",
    ),
  },
  {
    named: /\.(?:c|h|cc|cpp|hpp|py|js|ts|lua|m)$/i,
    reason: text(
      "this is source code, not a file of tensors; open the file of weights that it was made from",
    ),
  },
];

const damagedSignatures: readonly (readonly [readonly number[], Text])[] = [
  [[0xff, 0xfe], text("this is UTF-16 text; save it as UTF-8")],
  [[0xfe, 0xff], text("this is UTF-16 text; save it as UTF-8")],
];

/**
 * @throws FormatError for a file that stands in another's place.
 */
export function refuseKnownFile(file: string, head: Uint8Array, start: string): void {
  for (const [signature, reason] of damagedSignatures) {
    if (startsWith(head, signature)) throw new FormatError(file, reason);
  }
  if (start.startsWith("version https://git-lfs")) {
    throw new FormatError(
      file,
      text("a Git LFS pointer stands in place of the file; fetch it with: git lfs pull"),
    );
  }
  if (/^<(!doctype|html|\?xml|head|body)/i.test(start)) {
    throw new FormatError(
      file,
      text("this is a web page (HTML), not a file of tensors; the download may have failed"),
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
  if (kind !== undefined) throw new UnsupportedError(file, kind.reason);
}

/** True when bytes begin with these. */
export function startsWith(head: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => head[index] === byte);
}
