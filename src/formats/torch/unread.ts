/**
 * What of a pickle is not read: callables that were not called, and why there is no tensor at all.
 */
import { FormatError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { NoteList } from "../base/notes";
import type { PickleResult } from "../pickle/pickle";
import type { TensorTree } from "./tree";

/** Plain types that Python pickles by name, and modules whose classes say nothing of a stranger's intent. */
const ordinaryNames = [
  /^(?:__builtin__|builtins)\.(?:set|frozenset|complex|bytearray|object|slice|range)$/,
  /^(?:__torch__|torch|collections|numpy|argparse|pathlib)\.(?:\w+\.)*[A-Z]\w*$/,
  /^(?:torch\._utils\.\w+|torch\.device|numpy\.(?:\w+\.)*scalar|datetime\.\w+|copy_?reg\._reconstructor)$/,
] as const;

/** The largest number of callables that a sentence names. */
const maxCalledNames = 8;

/** Adds a note about the callables that were not called and that no other note names. */
export function noteCalled(pickle: PickleResult, tree: TensorTree, notes: NoteList): void {
  const told = new Set([...tree.opaque, ...tree.modules.map(({ fullName }) => fullName)]);
  const untold = [...pickle.called].filter(
    (name) => !told.has(name) && !ordinaryNames.some((ordinary) => ordinary.test(name)),
  );
  if (untold.length === 0) return;
  const shown = untold.slice(0, maxCalledNames);
  notes.addFirst(
    untold.length > maxCalledNames
      ? text(
          "it names {0} and {1} more, which were not called",
          shown,
          untold.length - maxCalledNames,
        )
      : text("it names {0}, which was not called", shown),
  );
}

/** Kinds of modules that have no tensor of their own, and advice that can be followed. */
function knownWithoutTensors(file: string, names: readonly string[]): UnsupportedError | undefined {
  if (names.some((name) => /quantized|packed_params/i.test(name))) {
    return new UnsupportedError(
      { file },
      text("it holds a quantised module, whose weights are packed and not read"),
      { remedies: [{ do: "save-state-dict", of: "before-quantisation" }] },
    );
  }
  if (names.some((name) => name.startsWith("__torch__"))) {
    return new UnsupportedError(
      { file },
      text(
        "it holds a TorchScript module without parameters: torch.jit.freeze has made them constants of its code, or quantisation has packed them, and its state_dict is empty",
      ),
      { remedies: [{ do: "save-state-dict", of: "made-from" }] },
    );
  }
  return undefined;
}

/** Why a pickle gives no tensor at all, and what to do where that is known. */
export function withoutTensors(
  file: string,
  { problem, called }: PickleResult,
  tree: TensorTree,
  notes: NoteList,
): Error {
  const [name] = [...tree.opaque, ...called];
  if (problem !== undefined && name === undefined) return problem;
  const modules = tree.modules.map(({ fullName }) => fullName);
  const known = knownWithoutTensors(file, [...tree.opaque, ...called, ...modules]);
  if (known !== undefined) return known;
  if (name !== undefined) {
    return new UnsupportedError(
      { file },
      text("it holds {0}, which is not rebuilt because nothing in a file is executed", name),
      { data: { found: name }, remedies: [{ do: "save-state-dict" }] },
    );
  }
  if (tree.problem !== undefined) return tree.problem;
  const [note] = notes.list();
  return note === undefined
    ? new FormatError(file, text("it holds no tensor"))
    : new UnsupportedError({ file }, text("it holds no tensor that is read: {0}", note));
}
