/**
 * Converts names of ONNX nodes and tensors to prefixes in PyTorch's style.
 */
import type { OnnxRecurrent } from "../../../formats/base/declared";
import type { TensorEntry } from "../../../tensor/tensor";

/** The last part of a node's name when it is only its operator, with what exporters put around it. */
const operatorName = /^(?:.*_)?(?:RNN|LSTM|GRU|Gather|MatMul|Gemm|embedding_lookup)(?:[_#]*\d+)*$/;

/** Parts of names that tf2onnx takes over from TensorFlow's graphs. */
const callNames = /^(?:StatefulPartitionedCall|PartitionedCall|while)(?:[_:]?\d+)?$/;

/** `/encoder/lstm/LSTM_1` → `encoder.lstm.`; empty where the name is the operator's alone. */
export function layerPrefix(nodeName: string): string {
  const parts = nodeName
    .split(/[/.]/)
    .filter((part) => part !== "" && !callNames.test(part) && !operatorName.test(part));
  return parts.length === 0 ? "" : `${parts.join(".")}.`;
}

/** Prefixes for a module, the best first: that of the weights it was exported from, then that of its node. */
export function prefixCandidates(
  node: OnnxRecurrent,
  entries: ReadonlyMap<string, TensorEntry>,
): readonly string[] {
  const sources = entries.get(node.w)?.origin?.from ?? [];
  const kept = new Set(
    sources.map((name) => /^(.*?)weight_ih_l\d+(?:_reverse)?$/s.exec(name)?.[1]),
  );
  const [only] = kept;
  const own = `${node.name.replace(/^\/+/, "").replaceAll("/", ".")}.`;
  return [...(kept.size === 1 && only !== undefined ? [only] : []), layerPrefix(node.name), own];
}
