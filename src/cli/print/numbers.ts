/**
 * The numbers of a run's differences, on the terminal and as JSON.
 */
import { renderText } from "../../core/text";
import { likenesses, type ElementView, type NumbersView } from "../../protocol/run/numbersMessages";
import { decodeNumber, type WireNumber } from "../../protocol/wire";
import { belowOne } from "../../core/numeric";
import { formatNumber, formatTable } from "./table";

/** `numbers` of `unroll check --json`: by result, each number as {value, threshold, sentence}. */
export function numbersJson(numbers: readonly NumbersView[]): object {
  return Object.fromEntries(
    numbers.map(({ name, figures, largest, mismatches, worst }) => [
      name,
      {
        ...Object.fromEntries(
          figures.map(({ id, value, threshold, sentence }) => [
            id,
            { value, threshold, sentence: renderText(sentence) },
          ]),
        ),
        largest,
        mismatches,
        worst,
      },
    ]),
  );
}

/** The numbers below the verdicts. */
export function formatNumbers(numbers: readonly NumbersView[]): string {
  return numbers
    .map(({ name, figures, largest, mismatches }) => {
      const rows = figures.map(({ id, value, threshold, sentence }) => [
        likenesses.includes(id) ? (belowOne(decodeNumber(value)) ?? shown(value)) : shown(value),
        threshold === null ? "" : `(${shown(threshold)})`,
        renderText(sentence),
      ]);
      const places = [
        ...(largest === null ? [] : [["largest", ...elementCells(largest)]]),
        ...mismatches.map((element) => ["outside", ...elementCells(element)]),
      ];
      return `  ${name}\n${formatTable(rows, 4)}${formatTable(places, 4)}`;
    })
    .join("");
}

function elementCells({ index, ours, reference, difference, allowed }: ElementView): string[] {
  return [
    index === null ? "" : `[${index.join(", ")}]`,
    `ours ${shown(ours)}`,
    `reference ${shown(reference)}`,
    `|Δ| ${shown(difference)}`,
    `allowed ${shown(allowed)}`,
  ];
}

function shown(value: WireNumber): string {
  return formatNumber(decodeNumber(value));
}
