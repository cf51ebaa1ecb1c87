/**
 * What a map may mean otherwise and fit as well: orders of gates, axes of square matrices, what the cell adds, and which
 * of two tensors of one shape is which.
 */
import { conventionsOf, layoutsFor, type Conventions } from "../../model/assign/conventions";
import { partsOf, type LayoutSpec, type ModuleMap, type SlotValue } from "../../model/assign/map";
import type { CellKind, RecurrentConfig } from "../../model/config";
import { gateOrder } from "../../model/gates";
import { stateSize } from "../../model/config";

/** The map itself, then its variations, those that frameworks have first. */
export function* variationsOf(
  map: ModuleMap,
  config: RecurrentConfig,
): Generator<ModuleMap, void, undefined> {
  const seen = new Set<string>();
  const own = conventionsOf(map);
  for (const slots of arrangementsOf(map, config)) {
    for (const conventions of conventionsFor(map, own, config)) {
      const varied: ModuleMap = { ...map, layout: layoutOf(map.kind, conventions), slots };
      const key = JSON.stringify([varied.layout, slots]);
      if (seen.has(key)) continue;
      seen.add(key);
      yield varied;
    }
  }
}

/** The name of a layout with these conventions, else the conventions. */
function layoutOf(kind: CellKind, wanted: Conventions): string | LayoutSpec {
  const key = JSON.stringify(wanted);
  const named = layoutsFor(kind).find(
    ({ id }) => JSON.stringify(conventionsOf({ kind, layout: id })) === key,
  );
  if (named !== undefined) return named.id;
  const { gates, transposed, forgetBias, resetAfter, updateTurned, peepholes } = wanted;
  return {
    ...(kind === "RNN" ? {} : { gates: gates.join("") }),
    ...(transposed ? { transposed } : {}),
    ...(forgetBias === 0 ? {} : { forgetBias }),
    ...(resetAfter ? {} : { resetAfter }),
    ...(updateTurned ? { updateTurned } : {}),
    ...(peepholes.join("") === "ifo" ? {} : { peepholes: peepholes.join("") }),
  };
}

/** Orders of gates times what the cell may do, the map's own first. */
function conventionsFor(
  map: ModuleMap,
  own: Conventions,
  config: RecurrentConfig,
): readonly Conventions[] {
  const { kind } = map;
  const orders = saysGates(map) ? [own.gates] : gateOrders(kind, own.gates);
  const axes = isSquare(config) ? [own.transposed, !own.transposed] : [own.transposed];
  const cells: readonly Partial<Conventions>[] =
    kind === "LSTM"
      ? [{}, { forgetBias: own.forgetBias === 0 ? 1 : 0 }]
      : kind === "GRU"
        ? [
            {},
            { resetAfter: !own.resetAfter },
            { updateTurned: !own.updateTurned },
            { resetAfter: !own.resetAfter, updateTurned: !own.updateTurned },
          ]
        : [{}];
  return axes.flatMap((transposed) =>
    cells.flatMap((cell) => orders.map((gates) => ({ ...own, ...cell, transposed, gates }))),
  );
}

/** True where every part of the weights says its gates: their order is told. */
function saysGates({ slots }: ModuleMap): boolean {
  return Object.entries(slots).every(
    ([name, value]) =>
      !name.startsWith("weight_ih") || partsOf(value).every(({ gates }) => gates !== undefined),
  );
}

/** The orders of frameworks first, then all others. */
function gateOrders(kind: CellKind, own: readonly string[]): readonly (readonly string[])[] {
  const known = layoutsFor(kind).map(({ id }) => conventionsOf({ kind, layout: id }).gates);
  const all = new Map<string, readonly string[]>();
  for (const order of [own, ...known, ...permutations(gateOrder[kind])]) {
    if (!all.has(order.join())) all.set(order.join(), order);
  }
  return [...all.values()];
}

function permutations(items: readonly string[]): (readonly string[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
  );
}

/** A single gate's matrices are square: transposed they fit as well. */
function isSquare({ cell, inputSize, hiddenSize, projSize }: RecurrentConfig): boolean {
  return cell === "RNN" && inputSize === hiddenSize && projSize === 0;
}

type Slots = Readonly<Record<string, SlotValue>>;

/** The slots as they are, and with tensors of one shape exchanged. */
function arrangementsOf({ slots }: ModuleMap, config: RecurrentConfig): readonly Slots[] {
  const swaps: ((name: string) => string)[] = [];
  // Where a reset gate scales the product, its bias counts apart.
  if (config.cell === "GRU") swaps.push(exchange(/^bias_ih/, /^bias_hh/, "bias_ih", "bias_hh"));
  if (config.inputSize === stateSize(config) && !config.bidirectional) {
    swaps.push(exchange(/^weight_ih/, /^weight_hh/, "weight_ih", "weight_hh"));
  }
  if (config.bidirectional) {
    swaps.push((name) => (name.endsWith("_reverse") ? name.slice(0, -8) : `${name}_reverse`));
  }
  if (config.numLayers > 1 && config.inputSize === stateSize(config) && !config.bidirectional) {
    const last = config.numLayers - 1;
    swaps.push((name) => name.replace(/_l(\d+)/, (_, layer) => `_l${last - Number(layer)}`));
  }
  let all: readonly Slots[] = [slots];
  for (const swap of swaps) all = [...all, ...all.map((each) => renamed(each, swap))];
  return all;
}

function exchange(left: RegExp, right: RegExp, first: string, second: string) {
  return (name: string): string =>
    left.test(name)
      ? name.replace(left, second)
      : right.test(name)
        ? name.replace(right, first)
        : name;
}

function renamed(slots: Slots, rename: (name: string) => string): Slots {
  return Object.fromEntries(Object.entries(slots).map(([name, value]) => [rename(name), value]));
}
