/**
 * LSTMs that are made for quantisation (torch.ao.nn.quantizable): two linear layers for each cell, igates and hgates.
 *
 * Source: torch/ao/nn/quantizable/modules/rnn.py. The gates are in PyTorch's order; with `split_gates` each has a layer.
 */
import type { Archive } from "../../formats/base/archive";
import { text } from "../../core/text";
import type { TensorEntry } from "../../tensor/tensor";
import type { DerivedEntry } from "./base/derived";
import { stackedEntry } from "./base/stackedEntry";

const PARAMETER =
  /^(.*?)(?:layers\.(\d+)\.layer_(fw|bw)\.cell\.)?(igates|hgates)\.(?:(input|forget|cell|output)\.)?(weight|bias)$/s;

/** In the order of PyTorch's rows. */
const gates = ["input", "forget", "cell", "output"] as const;

/** One parameter of torch.nn.LSTM, or LSTMCell: the entry that it is, or one for each gate. */
interface Sources {
  whole?: TensorEntry;
  readonly gates: Map<string, TensorEntry>;
}

/** The parameters of such modules under torch.nn's names. */
export function deriveQuantizable(
  archive: Pick<Archive, "entries" | "readBox">,
): readonly DerivedEntry[] {
  const known = new Set(archive.entries.map(({ name }) => name));
  const found = new Map<string, Sources>();
  for (const entry of archive.entries) {
    const match = PARAMETER.exec(entry.name);
    if (match === null) continue;
    const [, prefix = "", layer, direction, side, gate, kind = ""] = match;
    const end = layer === undefined ? "" : `_l${layer}${direction === "bw" ? "_reverse" : ""}`;
    const name = `${prefix}${kind}_${side === "igates" ? "ih" : "hh"}${end}`;
    const sources = found.get(name) ?? { gates: new Map<string, TensorEntry>() };
    if (gate === undefined) sources.whole = entry;
    else sources.gates.set(gate, entry);
    found.set(name, sources);
  }
  return [...found].flatMap(([name, sources]) => {
    const parts = sources.whole === undefined ? gatesOf(sources) : [sources.whole];
    const [first] = parts;
    if (first === undefined || known.has(name)) return [];
    const blocks = parts.map((entry) => ({
      rows: entry.shape[0] ?? 0,
      from: { entry, start: entry.shape.map(() => 0), axes: entry.shape.map((_, axis) => axis) },
    }));
    const how = text("of a quantizable LSTM, as it is");
    const columns = first.shape.slice(1);
    return [stackedEntry(archive, { name, dtype: first.dtype, blocks, columns, how })];
  });
}

/** The entries of all gates, where they are alike; none where one is missing. */
function gatesOf({ gates: found }: Sources): readonly TensorEntry[] {
  const entries = gates.flatMap((gate) => found.get(gate) ?? []);
  const isAlike = entries.every(
    ({ dtype, shape }) => dtype === entries[0]?.dtype && shape.join() === entries[0].shape.join(),
  );
  return entries.length === gates.length && isAlike ? entries : [];
}
