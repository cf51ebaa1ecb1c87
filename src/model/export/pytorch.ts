/**
 * Modules as the state_dict of torch.nn.RNN, LSTM, GRU or of a cell class.
 */
import { pythonString } from "../../core/escapeJson";
import { constructorLine } from "../config";
import type { ModuleToExport } from "./module";
import type { ExportTarget, LoadedFile } from "./target";

export const pytorch: ExportTarget = {
  id: "pytorch",
  title: "PyTorch",
  endings: ["safetensors", "npz"],
  lacks: [
    "peephole",
    "coupledInputForget",
    "clip",
    "hardSigmoid",
    "resetBefore",
    "reverse",
    "mergeMode",
    "swappedHalves",
  ],
  tensors: ({ parameters }) => [...parameters.values()],
  lines,
};

function lines(module: ModuleToExport, { name, ending }: LoadedFile): readonly string[] {
  const isNpz = ending === "npz";
  const [first] = module.parameters.values();
  // NumPy has no bfloat16: an .npz holds float32.
  const dtype = isNpz && first?.dtype === "bfloat16" ? "float32" : (first?.dtype ?? "float32");
  const line = constructorLine(module.config, module.facts.dropout);
  const made = dtype === "float32" ? line : line.replace(/\)$/, `, dtype=torch.${dtype})`);
  const file = pythonString(name);
  return [
    ...(isNpz ? ["import numpy as np"] : []),
    "import torch",
    ...(isNpz ? [] : ["from safetensors.torch import load_file"]),
    "",
    `rnn = torch.${made}`,
    ...(isNpz
      ? [
          `arrays = np.load(${file})`,
          "rnn.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})",
        ]
      : [`rnn.load_state_dict(load_file(${file}))`]),
  ];
}
