/**
 * Which of the readings of tensors as cells count, where several layouts have names for them.
 */
import type { WeightLayout } from "../../layouts/layout";

/** Tensors read as a cell of a layout. */
interface Reading {
  readonly layout: WeightLayout;
  readonly prefix: string;
  readonly tensors: readonly string[];
  readonly hasBias: boolean;
}

/** The prefix of a layer that says what it is. */
const recurrentPrefix = /rnn|lstm|gru|cell|recurren|elman/i;

/** The end of a prefix that is looked at. */
const longestPrefix = 64;

/** False for common names where nothing else tells a recurrent layer, or tensors beside them tell another one. */
export function isTold(
  { layout: { isCommon = false, noneBeside = [] }, prefix, hasBias }: Reading,
  hasName: (name: string) => boolean,
): boolean {
  if (recurrentPrefix.test(prefix.slice(-longestPrefix))) return true;
  if (isCommon && !hasBias) return false;
  return !noneBeside.some((name) => hasName(prefix + name));
}

/** What takes most of the tensors under a prefix counts, and what takes most of tensors that have several prefixes. */
export function bestReadings<T extends Reading>(cells: readonly T[]): readonly T[] {
  const most = new Map<string, T>();
  for (const cell of cells) {
    const known = most.get(cell.prefix);
    if (known === undefined || cell.tensors.length > known.tensors.length) {
      most.set(cell.prefix, cell);
    }
  }
  const best = new Set(largest([...most.values()]));
  return cells.filter((cell) => {
    const own = most.get(cell.prefix);
    if (own === undefined || !best.has(own)) return false;
    const isOther =
      cell.layout.isAlternative === true && cell.tensors.join() === own.tensors.join();
    return cell === own || isOther;
  });
}

/**
 * Those that share no tensor with one that takes more. Of those that take as many, it is the one with the shortest
 * prefix: `W_xi` is a name with `W`, and not one of a module `W`.
 */
function largest<T extends Reading>(cells: readonly T[]): readonly T[] {
  const taken = new Set<string>();
  const order = [...cells].sort(
    (left, right) =>
      right.tensors.length - left.tensors.length || left.prefix.length - right.prefix.length,
  );
  return order.filter(({ tensors }) => {
    if (tensors.some((name) => taken.has(name))) return false;
    tensors.forEach((name) => taken.add(name));
    return true;
  });
}
