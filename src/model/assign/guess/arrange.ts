/**
 * The orders in which a file may hold the parameters of layers and directions.
 */

/** A layer and direction. */
export interface Cell {
  readonly layer: number;
  readonly isSecond: boolean;
}

/** The cells of a module, layer by layer, as PyTorch has them. */
export function cellsOf(layers: number, directions: number): readonly Cell[] {
  return Array.from({ length: layers * directions }, (_, index) => ({
    layer: Math.floor(index / directions),
    isSecond: index % directions === 1,
  }));
}

/** How the matrices lie in the file. */
export type Arrangement =
  /** Cell by cell: that of the input, then that of the state. */
  | "pytorch"
  /** Cell by cell, that of the state first. */
  | "stateFirst"
  /** All of the inputs, then all of the states. */
  | "grouped"
  | "groupedStateFirst"
  /** Direction by direction, each layer by layer. */
  | "byDirection"
  /** Any order: the first of the file that fits. */
  | "shapes"
  /** As names tell inputs from states. */
  | "names";

export const arrangements: readonly Arrangement[] = [
  "names",
  "pytorch",
  "shapes",
  "grouped",
  "stateFirst",
  "groupedStateFirst",
  "byDirection",
];

/** An input's and a state's matrix for each cell, in the order of `cellsOf`. */
export interface Pairing<Item> {
  readonly inputs: readonly Item[];
  readonly states: readonly Item[];
}

/** What there is to arrange, and what fits where. */
export interface ToArrange<Item> {
  readonly items: readonly Item[];
  readonly cells: readonly Cell[];
  readonly directions: number;
  readonly fits: (item: Item, cell: Cell, isState: boolean) => boolean;
  readonly hint: (item: Item) => "input" | "state" | null;
}

/** The matrices in their places; null where they do not fit so. */
export function arrange<Item>(how: Arrangement, frame: ToArrange<Item>): Pairing<Item> | null {
  const { items, cells, directions, hint } = frame;
  const count = cells.length;
  if (how === "shapes") return greedy(frame, items, items);
  if (how === "names") {
    const of = (wanted: "input" | "state"): Item[] => items.filter((item) => hint(item) === wanted);
    const [inputs, states] = [of("input"), of("state")];
    return inputs.length === 0 || states.length === 0 ? null : greedy(frame, inputs, states);
  }
  if (items.length !== 2 * count) return null;
  const order = Array.from({ length: count }, (_, index) => index);
  const byDirection = order.map(
    (index) => (index % directions) * (count / directions) + Math.floor(index / directions),
  );
  const places = {
    pytorch: order,
    stateFirst: order,
    byDirection,
    grouped: order,
    groupedStateFirst: order,
  }[how];
  const isGrouped = how === "grouped" || how === "groupedStateFirst";
  const isStateFirst = how === "stateFirst" || how === "groupedStateFirst";
  const at = (cell: number, second: boolean): Item | undefined =>
    items[isGrouped ? (second ? count : 0) + cell : 2 * cell + (second ? 1 : 0)];
  const inputs = places.map((cell) => at(cell, isStateFirst)).filter((item) => item !== undefined);
  const states = places.map((cell) => at(cell, !isStateFirst)).filter((item) => item !== undefined);
  const isRight = cells.every((cell, index) => {
    const [input, state] = [inputs[index], states[index]];
    return (
      input !== undefined &&
      state !== undefined &&
      frame.fits(input, cell, false) &&
      frame.fits(state, cell, true)
    );
  });
  return isRight ? { inputs, states } : null;
}

/** For each cell the first that is left and fits: of the states first, which have one shape. */
function greedy<Item>(
  { cells, fits }: ToArrange<Item>,
  ofInputs: readonly Item[],
  ofStates: readonly Item[],
): Pairing<Item> | null {
  const taken = new Set<Item>();
  const take = (from: readonly Item[], cell: Cell, isState: boolean): Item | null => {
    const found = from.find((item) => !taken.has(item) && fits(item, cell, isState));
    if (found !== undefined) taken.add(found);
    return found ?? null;
  };
  // An input that is no state's shape leaves those to the states.
  const only = ofInputs.filter((item) => cells.every((cell) => !fits(item, cell, true)));
  const inputs = cells.map((cell) => take(only, cell, false));
  const states = cells.map((cell) => take(ofStates, cell, true));
  const all = inputs.map((input, index) => {
    const cell = cells[index];
    return input ?? (cell === undefined ? null : take(ofInputs, cell, false));
  });
  const isWhole = <Each>(list: readonly (Each | null)[]): list is readonly Each[] =>
    list.every((each) => each !== null);
  return isWhole(all) && isWhole(states) ? { inputs: all, states } : null;
}
