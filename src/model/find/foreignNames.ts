/**
 * Names and shapes by which the cells of other frameworks are known that are not read as modules.
 */
import { elementCount, type TensorEntry } from "../../tensor/tensor";

/** Only the end of a name is matched, since a pattern may take time that grows with the square of the length. */
export const maxLook = 512;

/** Names with a tensor for each gate: W_ii and W_xi, of Flax, and of Keras 1. */
export const namedGates =
  /(?<![^./_])(?:W|U|w|u|weight)_?(?<side>[ihx])(?<gate>[iofgcrzn])(?:[._]weight)?$/;
export const flaxGates = /(?<=[./]|^)(?<side>[ih])(?<gate>[iofgrzn])\/?[./]kernel$/;
export const kerasGates =
  /(?<![^./_])(?<side>W|U|kernel|recurrent_kernel)_(?<gate>[ifcozrh])(?:[._]weight)?(?::0)?$/;

/** What a tensor of a gate is multiplied with, by the letter or the name of its side. */
export const ofLetter = (side: string): "input" | "state" => (side === "h" ? "state" : "input");
export const ofKeras = (side: string): "input" | "state" =>
  /^[Ur]/.test(side) ? "state" : "input";

/** True where the file has all of these names below one prefix. */
export function haveSiblings(entries: readonly TensorEntry[], names: readonly string[]): boolean {
  const [first = "", ...others] = names;
  const known = new Set(entries.map(({ name }) => name));
  return entries.some(({ name }) => {
    const prefix = name.slice(0, -first.length);
    return (
      name.endsWith(first) &&
      /(?:^|[./_])$/.test(prefix.slice(-1)) &&
      others.every((other) => known.has(prefix + other))
    );
  });
}

/** The weight of one linear layer that reads [x, h], as the character RNN of PyTorch's tutorial has it. */
export function jointLayer(entries: readonly TensorEntry[]): TensorEntry | undefined {
  return entries.find(({ name, shape: [rows = 0, columns = 0, ...more] }) => {
    const isNamed = /(?:^|[./_])(?:i2h|x2h)[._]weight$/.test(name.slice(-maxLook));
    return isNamed && more.length === 0 && rows > 0 && columns > rows;
  });
}

/** Names of the layers that read the input, and of those that read the state, of cells that are made of both. */
const pairedLayers = ["i2h", "x2h"].flatMap((input) =>
  ["_", "."].map((dot) => ({ input: input + dot, state: `h2h${dot}` })),
);

/** How the two layers are called in a file that has them. */
export function pairedLayer(
  entries: readonly TensorEntry[],
): (typeof pairedLayers)[number] | undefined {
  return pairedLayers.find(({ input, state }) =>
    haveSiblings(entries, [`${input}weight`, `${state}weight`]),
  );
}

/** Matrices (I, G·H) and (H, G·H) that follow each other, as kernel and recurrent kernel do; G is 3 or 4. */
export function isKerasList(entries: readonly TensorEntry[]): boolean {
  return entries.some((kernel, index) => {
    const recurrent = entries[index + 1];
    const [units = 0, columns = 0] = recurrent?.shape ?? [];
    return (
      recurrent !== undefined &&
      kernel.shape.length === 2 &&
      recurrent.shape.length === 2 &&
      elementCount(recurrent.shape) > 0 &&
      kernel.shape[1] === columns &&
      (columns === 3 * units || columns === 4 * units)
    );
  });
}
