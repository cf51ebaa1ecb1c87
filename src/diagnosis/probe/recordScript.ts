/**
 * The Python script of a probe, which records what an implementation returns for it.
 */
import { isTorchModule, torchConstructor, torchForward, type ForwardFrame } from "../cases/python";
import { pythonString } from "../../core/escapeJson";
import type { CaseSource } from "../cases/source";
import { weightReaders } from "../../model/export/weightReaders";

/** The weights as the script finds them. */
export interface ScriptWeights extends Pick<CaseSource, "format" | "weightNames"> {
  /** Path of the weights file from the folder of the script. */
  readonly file: string;
  readonly isDouble: boolean;
}

/** The script's text. */
export function recordScript(frame: ForwardFrame, weights: ScriptWeights): string {
  const { config } = frame;
  const { weightNames } = weights;
  const reader = weightReaders[weights.format];
  const runsTorch = isTorchModule(config) && reader !== undefined && weightNames !== null;
  const lines = [
    '"""Records what an implementation returns for probe.npz, as reference.npz beside it.',
    "",
    "Then open probe.unroll.json, or: unroll diagnose probe.unroll.json",
    '"""',
    "from pathlib import Path",
    "",
    "import numpy as np",
    "",
    "FOLDER = Path(__file__).resolve().parent",
    `WEIGHTS = FOLDER / ${pythonString(weights.file)}`,
    ...(runsTorch ? namesOf(weightNames) : []),
    "",
    "",
    "def forward(x, h0, c0, lengths):",
    `    """Returns output, h_n and c_n as NumPy arrays; c_n is None where the cell has none.`,
    "",
    ...shapesOf(frame).map((line) => `    ${line}`),
    '    """',
    "    # ---------------------------------------------------------------------------------------",
    "    # Your own implementation goes here. It is given the values of probe.npz, and has to use",
    "    # the weights in WEIGHTS.",
    ...(runsTorch
      ? ["    # Until then torch.nn runs with these weights: what it returns is right.", RULE]
      : [RULE]),
    ...(runsTorch
      ? torchBody(frame, weights).map((line) => (line === "" ? "" : `    ${line}`))
      : [`    raise NotImplementedError("put your implementation into forward() in " + __file__)`]),
    "",
    "",
    ...(runsTorch ? [...reader, "", ""] : []),
    "def main():",
    '    probe = np.load(FOLDER / "probe.npz")',
    '    lengths = probe["lengths"].astype(np.int64) if "lengths" in probe else None',
    '    c0 = probe["c0"] if "c0" in probe else None',
    '    output, h_n, c_n = forward(probe["input"], probe["h0"], c0, lengths)',
    '    results = {"output": output, "h_n": h_n, "c_n": c_n}',
    "    results = {name: np.asarray(a) for name, a in results.items() if a is not None}",
    '    np.savez(FOLDER / "reference.npz", **results)',
    "    for name, a in results.items():",
    "        print(name, a.shape, a.dtype)",
    "",
    "",
    'if __name__ == "__main__":',
    "    main()",
  ];
  return `${lines.join("\n")}\n`;
}

const RULE =
  "    # ---------------------------------------------------------------------------------------";

/** Parameters of torch.nn with their names in the weights file. */
function namesOf(weightNames: ReadonlyMap<string, string>): string[] {
  const entries = Array.from(
    weightNames,
    ([name, own]) => `    ${pythonString(name)}: ${pythonString(own)},`,
  );
  return ["NAMES = {", ...entries, "}"];
}

function shapesOf({ config, unbatched, hasLengths }: ForwardFrame): string[] {
  const { cell, isCellClass, batchFirst, projSize } = config;
  const [size, hidden] = [projSize > 0 ? "P" : "H", "H"];
  const sequence = unbatched ? "(T, I)" : batchFirst ? "(B, T, I)" : "(T, B, I)";
  const states = (units: string): string =>
    `(${[...(isCellClass ? [] : ["L*D"]), ...(unbatched ? [] : ["B"]), units].join(", ")})`;
  return [
    `x ${sequence}, h0 ${states(size)}${cell === "LSTM" ? `, c0 ${states(hidden)}` : ""}.`,
    hasLengths
      ? "lengths (B): valid steps of each row, x is padding behind them."
      : "lengths: None.",
  ];
}

function torchBody(frame: ForwardFrame, { isDouble }: ScriptWeights): string[] {
  return [
    "import torch",
    "",
    `module = ${torchConstructor(frame.config)}${isDouble ? ".double()" : ""}`,
    "stored = read_weights()",
    "module.load_state_dict({name: stored[own] for name, own in NAMES.items()})",
    ...torchForward(frame),
  ];
}
