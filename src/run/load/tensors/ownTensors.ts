/**
 * Initial states and lengths that a file gives its module, fitted to the input of a run.
 */
import type { Archive } from "../../../formats/base/archive";
import type { RecurrentConfig } from "../../../model/config";
import type { RecurrentModule } from "../../../model/find/find";
import type { GivenName } from "../../../model/given";
import { sequenceSizes } from "../../../model/sequence";
import type { RunSpec } from "../../spec/spec";
import { elementCount, zerosLike, type Shape, type Tensor } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import { paddedLengths } from "./padding";
import type { RunTensors } from "./runTensors";

/** Names of the entries that are a run's own states and lengths; nothing for what it was given, or what is none. */
export type OwnEntries = Readonly<Partial<Record<GivenName, string>>>;

export interface OwnTensors extends Pick<RunTensors, GivenName> {
  readonly own: OwnEntries;
  /** Why the run would not compute what the file describes. */
  readonly refusals: readonly Text[];
}

/**
 * The states and lengths that a run was given, else the file's own, with a note for each.
 * @throws what reading them throws.
 */
export async function withOwnTensors(
  { spec, config, module, weights }: OwnFrame,
  given: Pick<RunTensors, GivenName | "input"> & { readonly tokens: Tensor | null },
  notes: Text[],
): Promise<OwnTensors> {
  const own: Partial<Record<GivenName, string>> = {};
  const sizes = sequenceSizes(given.input.shape, config.batchFirst);
  const readOwn = async (name: GivenName): Promise<Tensor | null> => {
    const operand = module.facts.given[name];
    if (operand === undefined || spec[name] !== undefined) return null;
    notes.push(operand.sentence);
    if (operand.entry === null || sizes === null) return null;
    own[name] = operand.entry.name;
    return weights.read(operand.entry);
  };
  const state = async (name: "h0" | "c0"): Promise<Tensor | null> => {
    const found = await readOwn(name);
    if (found === null || sizes === null) return given[name];
    const every = repeatedAlong(found, 1, sizes.batchSize);
    const { shape } = every;
    return sizes.unbatched && shape[1] === 1 ? { ...every, shape: withoutBatch(shape) } : every;
  };
  if (module.facts.given.input !== undefined) notes.push(module.facts.given.input);
  const [h0, c0] = [await state("h0"), await state("c0")];
  const lengths = await readOwn("lengths");
  if (lengths !== null && sizes !== null) {
    const every = Array.from(repeatedAlong(lengths, 0, sizes.batchSize).data);
    return { own, h0, c0, lengths: every, refusals: [] };
  }
  const padding = spec.lengths === undefined ? module.facts.given.lengths?.padding : undefined;
  if (padding === undefined) return { own, h0, c0, lengths: given.lengths, refusals: [] };
  const found = paddedLengths(padding, given, config.batchFirst);
  if (found.lengths !== null) {
    notes.push(text("lengths {0} follow from what is masked", found.lengths.join(", ")));
  }
  const refusals = found.refusal === null ? [] : [found.refusal];
  return { own, h0, c0, lengths: found.lengths, refusals };
}

/** The run that own tensors are for. */
interface OwnFrame {
  readonly spec: RunSpec;
  readonly config: RecurrentConfig;
  readonly module: RecurrentModule;
  readonly weights: Archive;
}

/** Repeats an axis of size 1 `count` times; a longer axis stays as it is. */
function repeatedAlong(tensor: Tensor, axis: number, count: number): Tensor {
  const { shape, data } = tensor;
  if (shape[axis] !== 1 || count === 1) return tensor;
  const inner = elementCount(shape.slice(axis));
  const repeated = shape.map((size, index) => (index === axis ? count : size));
  const values = zerosLike(data, data.length * count);
  for (let index = 0; index < data.length; index += inner) {
    for (let copy = 0; copy < count; copy += 1) {
      values.set(data.subarray(index, index + inner), index * count + copy * inner);
    }
  }
  return { ...tensor, shape: repeated, data: values };
}

function withoutBatch([slots = 0, , units = 0]: Shape): Shape {
  return [slots, units];
}
