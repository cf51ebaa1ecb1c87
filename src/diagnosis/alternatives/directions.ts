/**
 * Two directions: flips that are missing or go along another axis, and how the halves are joined.
 */
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import type { Join, ReverseOrder } from "../forward/switches";
import type { Results } from "../forward/returned";
import { all, isBatched, noLengths, sizesOf, twoDirections, twoLayers } from "./conditions";

function flip(name: string, title: Text, reverse: ReverseOrder): Alternative {
  return { id: `flip/${name}`, title, applies: twoDirections, switches: { reverse } };
}

function joined(name: string, title: Text, join: Join): Alternative {
  return { id: `concat/${name}`, title, applies: twoDirections, switches: { join } };
}

/** One value from those of both halves at the same unit. */
type Merge = (forward: number, reverse: number) => number;

function merged(name: string, title: Text, merge: Merge): Alternative {
  return {
    id: `concat/${name}`,
    title,
    applies: twoDirections,
    results: (results) => ({ ...results, output: mergeHalves(results, merge) }),
  };
}

function mergeHalves({ output, run }: Results, merge: Merge): Float64Array {
  const { R } = sizesOf(run.model);
  const result = new Float64Array(output.length / 2);
  for (let index = 0; index < result.length; index++) {
    const at = Math.floor(index / R) * 2 * R + (index % R);
    result[index] = merge(output[at]!, output[at + R]!);
  }
  return result;
}

const halvesExchanged: Alternative = {
  id: "output/halves-exchanged",
  title: text("the halves of the returned output are exchanged"),
  applies: all(twoDirections, twoLayers),
  results: (results) => {
    const { R } = sizesOf(results.run.model);
    const { output } = results;
    const other = (index: number): number => (index % (2 * R) < R ? index + R : index - R);
    return { ...results, output: output.map((_, index) => output[other(index)]!) };
  },
};

export const directionAlternatives: readonly Alternative[] = [
  flip(
    "input-not-flipped",
    text("the reverse direction reads the input unflipped"),
    "inputNotFlipped",
  ),
  flip(
    "output-not-flipped-back",
    text("the reverse direction's output is not flipped back"),
    "outputNotFlippedBack",
  ),
  flip("neither", text("nothing is flipped: both directions run forward"), "neither"),
  {
    ...flip("batch-axis", text("the flip goes along the batch axis"), "batchAxis"),
    applies: all(twoDirections, noLengths, isBatched),
    wholeBatch: true,
  },
  joined(
    "reverse-first",
    text("the reverse half is joined before the forward one"),
    "reverseFirst",
  ),
  joined("interleaved", text("the two halves are interleaved unit by unit"), "interleaved"),
  halvesExchanged,
  merged("sum", text("the two directions are added"), (forward, reverse) => forward + reverse),
  merged(
    "mean",
    text("the two directions are averaged"),
    (forward, reverse) => (forward + reverse) / 2,
  ),
  merged(
    "product",
    text("the two directions are multiplied"),
    (forward, reverse) => forward * reverse,
  ),
  merged("forward-only", text("only the forward half is returned"), (forward) => forward),
  merged("reverse-only", text("only the reverse half is returned"), (_, reverse) => reverse),
];
