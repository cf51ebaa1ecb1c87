/**
 * The table of a result's numbers, each beside what it is held against.
 */
import { html, type TemplateResult } from "lit";
import { formatCompact } from "../../../src/drawing/base/numbers";
import { belowOne } from "../../../src/core/numeric";
import {
  likenesses,
  type FigureView,
  type NumbersView,
} from "../../../src/protocol/run/numbersMessages";
import { decodeNumber } from "../../../src/protocol/wire";
import "../../shared/copyButton";
import { t, tr } from "../../shared/l10n";
import type { Store } from "../store/store";

/** True where a number has no bound, or is not above it. */
export function isWithin({ value, threshold }: FigureView): boolean {
  return threshold === null || decodeNumber(value) <= decodeNumber(threshold);
}

export function figureTable(store: Store, numbers: NumbersView): TemplateResult {
  const { name, figures } = numbers;
  return html`<table class="figures">
    <caption class="visually-hidden">
      ${t("Numbers of {0}", name)}
    </caption>
    <thead>
      <tr>
        <th scope="col">
          ${t("measure")}
          <unroll-copy
            .store=${store}
            .label=${t("copy as TSV")}
            .read=${() => figuresAsTsv(numbers)}
          ></unroll-copy>
        </th>
        <th scope="col" class="number">${t("value")}</th>
        <th scope="col" class="number">${t("allowed")}</th>
      </tr>
    </thead>
    <tbody>
      ${figures.map((figure) => {
        const { id, value, threshold, sentence } = figure;
        return html`<tr data-figure=${id} class=${isWithin(figure) ? "" : "above"}>
          <th scope="row">${tr(sentence)}</th>
          <td class="number">
            ${
              isWithin(figure)
                ? ""
                : html`<span class="mark" role="img" aria-label=${t("above what is allowed")}
                    >✗</span
                  >`
            }
            ${(likenesses.includes(id) ? belowOne(Number(value)) : null) ?? formatCompact(decodeNumber(value))}
          </td>
          <td class="number dim">
            ${threshold === null ? "" : formatCompact(decodeNumber(threshold))}
          </td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

/** With all digits. */
function figuresAsTsv({ name, figures }: NumbersView): string {
  const rows = figures.map(({ id, value, threshold, sentence }) => [
    name,
    id,
    String(value),
    threshold === null ? "" : String(threshold),
    tr(sentence),
  ]);
  const head = ["result", "number", "value", "threshold", "sentence"];
  return [head, ...rows].map((row) => `${row.join("\t")}\n`).join("");
}
