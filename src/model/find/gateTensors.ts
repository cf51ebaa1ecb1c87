/**
 * Whether tensors are those of a cell with one for each gate, which one name alone, such as the W_o of attention, does
 * not tell.
 */
import type { Shape, TensorEntry } from "../../tensor/tensor";

/** Letters of the gates, each gate with those that people give it. */
const cellLetters: readonly (readonly string[])[] = [
  ["i", "f", "gcj", "o"],
  ["r", "zu", "nhcg"],
];

type Side = "input" | "state";

/** Shapes of the matrices under one prefix, by side and letter. */
type Group = Readonly<Record<Side, Map<string, Shape>>>;

/**
 * True where under one prefix there are the matrices of all gates of a cell, of shapes that fit each other; one of them
 * may be missing. `name` has the groups `side` and `gate`; what is before them is the prefix.
 */
export function hasGateTensors(
  entries: readonly TensorEntry[],
  name: RegExp,
  sideOf: (written: string) => Side,
): boolean {
  const groups = new Map<string, Group>();
  for (const { name: written, shape } of entries) {
    const found = name.exec(written);
    const { side = "", gate = "" } = found?.groups ?? {};
    if (found === null || shape.length !== 2) continue;
    const prefix = written.slice(0, found.index);
    const group = groups.get(prefix) ?? { input: new Map(), state: new Map() };
    group[sideOf(side)].set(gate, shape);
    groups.set(prefix, group);
  }
  return [...groups.values()].some((group) =>
    cellLetters.some((letters) => isCell(group, letters)),
  );
}

function isCell({ input, state }: Group, letters: readonly string[]): boolean {
  const shapesOf = (side: ReadonlyMap<string, Shape>): readonly Shape[] =>
    letters.flatMap((gate) => {
      const found = [...side].find(([letter]) => gate.includes(letter));
      return found === undefined ? [] : [found[1]];
    });
  const [inputs, states] = [shapesOf(input), shapesOf(state)];
  const [[units = 0] = []] = states;
  return (
    inputs.length + states.length >= 2 * letters.length - 1 &&
    states.every((shape) => shape.every((size) => size === units)) &&
    inputs.every((shape) => shape.includes(units) && shape.join() === inputs[0]?.join())
  );
}
