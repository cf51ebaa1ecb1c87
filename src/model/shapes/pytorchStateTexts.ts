/**
 * The messages that PyTorch prints when h0 or c0 do not fit.
 *
 * The texts are those of nn.RNNBase.check_hidden_size, of forward of nn.RNN, LSTM and GRU, and of their cell classes,
 * torch 2.13.
 */
import { formatShape, sameShape, type Shape } from "../../tensor/tensor";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import type { SequenceSizes } from "../sequence";

/** Shapes of the initial states; null where none was given, which counts as zeros of the right shape. */
export interface StateShapes {
  readonly h0: Shape | null;
  readonly c0: Shape | null;
}

/** For an h0 or c0 of another shape than the run needs; null where PyTorch's text is not known. */
export function statesText(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  states: StateShapes,
  isPacked: boolean,
): string | null {
  if (config.isCellClass) return cellStatesText(config, sizes, states);
  if (!isPacked) {
    return stateRankText(config, sizes, states) ?? stateSizeText(config, sizes, states);
  }
  // nn.LSTM.forward does not check its states over packed sequences; what fails then is no text about them.
  return config.cell === "LSTM" ? null : stateSizeText(config, sizes, states);
}

function stateRankText(
  { cell }: RecurrentConfig,
  { unbatched }: SequenceSizes,
  { h0, c0 }: StateShapes,
): string | null {
  const rank = unbatched ? 2 : 3;
  const [h, c] = [h0?.length ?? rank, c0?.length ?? rank];
  if (h === rank && c === rank) return null;
  const kind = unbatched ? "unbatched 2-D" : "batched 3-D";
  return cell === "LSTM"
    ? `For ${kind} input, hx and cx should also be ${rank}-D but got (${h}-D, ${c}-D) tensors`
    : `For ${kind} input, hx should also be ${rank}-D but got ${h}-D tensor`;
}

function stateSizeText(
  config: RecurrentConfig,
  { unbatched, batchSize }: SequenceSizes,
  { h0, c0 }: StateShapes,
): string | null {
  const slots = numDirections(config) * config.numLayers;
  for (const { name, found, features } of [
    {
      name: config.cell === "LSTM" ? "hidden[0]" : "hidden",
      found: h0,
      features: stateSize(config),
    },
    { name: "hidden[1]", found: c0, features: config.hiddenSize },
  ]) {
    if (found === null) continue;
    // An unbatched state is given its batch axis before its sizes are looked at.
    const batched = unbatched ? [found[0] ?? 0, 1, ...found.slice(1)] : found;
    const expected = [slots, batchSize, features];
    if (sameShape(batched, expected)) continue;
    return `Expected ${name} size (${expected.join(", ")}), got ${formatShape(batched)}`;
  }
  return null;
}

function cellStatesText(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  { h0, c0 }: StateShapes,
): string | null {
  const states = [h0, c0];
  for (const [index, found] of states.entries()) {
    const name = config.cell === "LSTM" ? `hx[${index}]` : "hidden";
    const rank = found?.length ?? 1;
    if (rank !== 1 && rank !== 2) {
      return `${config.cell}Cell: Expected ${name} to be 1D or 2D, got ${rank}D instead`;
    }
  }
  for (const [index, found] of states.entries()) {
    const sizeText = found === null ? null : cellStateSizeText(config, sizes, found, index);
    if (sizeText !== null) return sizeText;
  }
  return null;
}

function cellStateSizeText(
  { hiddenSize }: RecurrentConfig,
  { unbatched, batchSize }: SequenceSizes,
  found: Shape,
  index: number,
): string | null {
  const [rows = 0, columns] = unbatched ? [1, ...found] : found;
  if (rows !== batchSize) {
    return `Input batch size ${batchSize} doesn't match hidden${index} batch size ${rows}`;
  }
  return columns === undefined || columns === hiddenSize
    ? null
    : `hidden${index} has inconsistent hidden_size: got ${columns}, expected ${hiddenSize}`;
}
