/**
 * The states and gates inside the layers that a run is compared with: an archive, any part of it.
 */
import { baseName } from "../../core/baseName";
import { text, type Text } from "../../core/text";
import type { Archive } from "../../formats/base/archive";
import type { RecurrentConfig } from "../../model/config";
import { sequenceSizes } from "../../model/sequence";
import { parseStateName, stateName, stateShape, type NamedState } from "../../model/stateNames";
import {
  formatShape,
  sameShape,
  swapLeadingAxes,
  type Shape,
  type TensorEntry,
} from "../../tensor/tensor";
import type { StateReference } from "../inputs";
import { parseTensorRef } from "../spec/spec";
import type { ArchiveFiles } from "./tensors/chooseTensor";

/** A state of the reference before it is read. */
export interface LoadedState extends NamedState {
  readonly entry: TensorEntry;
  /** As it is compared; null of an input that is no sequence. */
  readonly expected: Shape | null;
  /** True for [B, T, ·], which is transposed. */
  readonly isBatchFirst: boolean;
}

/** The states of the reference and the archive that they are read from. */
export interface LoadedStates {
  readonly archive: Archive;
  readonly states: readonly LoadedState[];
}

/** The run that the states are compared with. */
export interface StatesFrame {
  readonly config: RecurrentConfig;
  /** Shape of the input. */
  readonly input: Shape;
}

/** What `unroll run --trace --out` and recorder scripts write beside the states; scripts write weights as well. */
const beside = new Set(
  ["output", "h_n", "c_n", "embedded", "logits"].concat(["x", "h0", "c0", "lengths"]),
);
const weights = "weights.";

/** The states in the archive `file`, with a note about names that the run has no state for. @throws the readers' errors. */
export async function loadStates(
  file: string | undefined,
  files: ArchiveFiles,
  frame: StatesFrame,
  notes: Text[],
): Promise<LoadedStates | null> {
  if (file === undefined) return null;
  const archive = await files.open(parseTensorRef(file).file);
  const states: LoadedState[] = [];
  const unknown: string[] = [];
  for (const entry of archive.entries) {
    const named = parseStateName(entry.name, frame.config);
    if (named !== null) states.push(layOut(entry, named, frame));
    else if (!beside.has(entry.name) && !entry.name.startsWith(weights)) unknown.push(entry.name);
  }
  noteUnknown(baseName(file), unknown, notes);
  if (states.length === 0) notes.push(noStates(baseName(file)));
  const turned = states.find(({ isBatchFirst }) => isBatchFirst);
  if (turned !== undefined) noteTurned(turned, notes);
  return { archive, states };
}

function noteUnknown(file: string, unknown: readonly string[], notes: Text[]): void {
  if (unknown.length === 0) return;
  notes.push(text("{0} holds names that are no states of this module: {1}", file, unknown));
}

function noStates(file: string): Text {
  return text(
    "{0} holds no state of this module: they are called {1}, {2} and so on",
    file,
    stateName({ layer: 0, direction: "forward", quantity: "h" }),
    stateName({ layer: 0, direction: "forward", quantity: "c" }),
  );
}

function noteTurned({ entry, expected }: LoadedState, notes: Text[]): void {
  notes.push(
    text(
      "the states of the reference have the batch first, {0} is {1}: they are compared as {2}",
      entry.name,
      formatShape(entry.shape),
      formatShape(expected ?? []),
    ),
  );
}

/** How a state lies in its file: time-major, whatever batchFirst says; the batch first only where nothing else fits. */
function layOut(entry: TensorEntry, named: NamedState, frame: StatesFrame): LoadedState {
  const { config } = frame;
  const sizes = sequenceSizes(frame.input, config.batchFirst);
  if (sizes === null) return { ...named, entry, expected: null, isBatchFirst: false };
  const expected = stateShape(config, sizes, named.quantity);
  return { ...named, entry, expected, isBatchFirst: isTurned(entry.shape, expected) };
}

function isTurned(found: Shape, [steps = 0, batch = 0, units = 0]: Shape): boolean {
  return steps !== batch && sameShape(found, [batch, steps, units]);
}

/** Whether a state can be compared; a run without a batch axis has states without one, too. */
export function fitsState({ entry, expected, isBatchFirst }: LoadedState, input: Shape): boolean {
  if (expected === null) return false;
  const [steps = 0, , units = 0] = expected;
  return (
    isBatchFirst ||
    sameShape(entry.shape, expected) ||
    (input.length === 2 && sameShape(entry.shape, [steps, units]))
  );
}

/** The values of the states that fit. @throws the readers' errors. */
export async function readStates(
  loaded: LoadedStates | null,
  input: Shape,
): Promise<StateReference[]> {
  if (loaded === null) return [];
  const read: StateReference[] = [];
  for (const state of loaded.states) {
    const { layer, direction, quantity, entry, expected, isBatchFirst } = state;
    const frame = { layer, direction, quantity, dtype: entry.dtype };
    const shapes = { found: entry.shape, expected: expected ?? [] };
    if (!fitsState(state, input)) {
      read.push({ ...frame, ...shapes, values: null });
      continue;
    }
    const { data } = await loaded.archive.read(entry);
    const values = isBatchFirst ? swapLeadingAxes(data, entry.shape) : data;
    read.push({ ...frame, found: shapes.expected, expected: shapes.expected, values });
  }
  return read;
}
