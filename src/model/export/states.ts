/**
 * Initial states that go with a module to another framework: those of its file, or those that its run was given.
 */
import { UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { Archive } from "../../formats/base/archive";
import { reshaped } from "../../tensor/boxSource";
import type { TensorSource } from "../../tensor/source";
import { formatShape, type Shape } from "../../tensor/tensor";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import type { ModuleFacts } from "../facts";

/** h0 and c0, (L·D, B, H), where B = 1 stands for every sequence; none of those that begin as zeros. */
export type InitialStates = Readonly<Partial<Record<"h0" | "c0", TensorSource>>>;

/** The names of the states that a cell has. */
function stateNamesOf({ cell }: Pick<RecurrentConfig, "cell">): readonly ("h0" | "c0")[] {
  return cell === "LSTM" ? ["h0", "c0"] : ["h0"];
}

/**
 * The states that were given, else those of the file.
 * @throws UnsupportedError for one of another shape, or whose values are no floats.
 */
export function initialStates(
  archive: Pick<Archive, "readBox">,
  { config, facts }: { readonly config: RecurrentConfig; readonly facts: ModuleFacts },
  given: InitialStates,
): InitialStates {
  const found: Partial<Record<"h0" | "c0", TensorSource>> = {};
  for (const name of stateNamesOf(config)) {
    const entry = facts.given[name]?.entry ?? null;
    const own =
      entry === null
        ? undefined
        : {
            ...entry,
            readBox: (box: Parameters<Archive["readBox"]>[1]) => archive.readBox(entry, box),
          };
    const source = given[name] ?? own;
    if (source !== undefined) found[name] = fitted(source, name, config);
  }
  return found;
}

/** A state with all of its axes: (L·D, H) is that of one sequence, (B, H) that of a cell. */
function fitted(source: TensorSource, name: "h0" | "c0", config: RecurrentConfig): TensorSource {
  const slots = config.numLayers * numDirections(config);
  const units = stateSize(config);
  const shape = wholeShape(source.shape, slots, units);
  if (shape === null || !/^b?float(?:16|32|64)$/.test(source.dtype)) {
    throw new UnsupportedError(
      name,
      text(
        "expected floats of shape [{0}, batch, {1}], found {2} {3} in {4}",
        slots,
        units,
        source.dtype,
        formatShape(source.shape),
        source.name,
      ),
    );
  }
  return { ...source, name, shape, readBox: reshaped(source, shape) };
}

function wholeShape(shape: Shape, slots: number, units: number): Shape | null {
  const [first = 0, second = 0, third] = shape;
  if (shape.length === 3) return first === slots && third === units ? shape : null;
  if (shape.length !== 2 || second !== units) return null;
  if (first === slots) return [slots, 1, units];
  return slots === 1 ? [1, first, units] : null;
}
