/**
 * The elements that are off: the first ones and the largest, each a way to its place.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { formatCompact } from "../../../src/drawing/base/numbers";
import type { Place, RunView } from "../../../src/protocol/run/messages";
import type { ElementView, NumbersView } from "../../../src/protocol/run/numbersMessages";
import { decodeNumber } from "../../../src/protocol/wire";
import { t } from "../../shared/l10n";
import { layerText } from "../store/placeText";
import type { Store } from "../store/store";

/** As many elements show what is off; more would push all other numbers out of sight. */
const FIRST_PLACES = 5;

export interface ShownPlaces {
  readonly isWhole: boolean;
  readonly toggle: () => void;
}

export function placeLists(
  store: Store,
  view: RunView,
  { name, largest, mismatches, worst }: NumbersView,
  { isWhole, toggle }: ShownPlaces,
): TemplateResult | typeof nothing {
  const go = ({ place }: ElementView): void => {
    store.show(name === "c_n" ? "c" : "h");
    store.jumpTo(place);
  };
  if (mismatches.length === 0) {
    return largest === null
      ? nothing
      : placeTable(t("Largest difference"), [largest], { view, go });
  }
  const count = isWhole ? mismatches.length : FIRST_PLACES;
  return html`<div class="places">
      ${placeTable(t("First outside tolerance, in the order of dependency"), mismatches.slice(0, count), { view, go })}
      ${placeTable(t("Largest outside tolerance"), worst.slice(0, count), { view, go })}
    </div>
    ${
      mismatches.length <= FIRST_PLACES
        ? nothing
        : html`<p>
            <button type="button" class="link" @click=${toggle}>
              ${isWhole ? t("Show fewer") : t("Show all {0}", grouped(mismatches.length))}
            </button>
          </p>`
    }`;
}

function placeTable(
  title: string,
  elements: readonly ElementView[],
  { view, go }: { readonly view: RunView; readonly go: (element: ElementView) => void },
): TemplateResult {
  return html`<div class="scroll place-lines" tabindex="0" role="group" aria-label=${title}>
    <table class="place-list">
      <caption>
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t("element")}</th>
          <th scope="col" class="number">${t("ours")}</th>
          <th scope="col" class="number">${t("reference")}</th>
          <th scope="col" class="number">|Δ|</th>
          <th scope="col" class="number">${t("allowed")}</th>
        </tr>
      </thead>
      <tbody>
        ${elements.map((element) => {
          const { index, place, ours, reference, difference, allowed } = element;
          return html`<tr>
            <th scope="row">
              <button
                type="button"
                class="link"
                title=${t("Move the cursor to {0}", placeText(view, place))}
                @click=${() => {
                  go(element);
                }}
              >
                ${index === null ? placeText(view, place) : `[${index.join(", ")}]`}
              </button>
            </th>
            ${numberCell(t("ours"), exact(ours))} ${numberCell(t("ref."), exact(reference))}
            ${numberCell("|Δ|", formatCompact(decodeNumber(difference)))}
            ${numberCell(t("allowed"), Number.isNaN(Number(allowed)) ? "–" : formatCompact(decodeNumber(allowed)))}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** With the name of its column, for a page that has no room for columns. */
function numberCell(name: string, written: string): TemplateResult {
  return html`<td class="number" data-name=${name}>${written}</td>`;
}

function exact(value: ElementView["ours"]): string {
  return significant(decodeNumber(value), FLOAT32_DIGITS);
}

/** `layer 1 ←, t = 23, batch 0, unit 3`, as far as it lies there. */
function placeText({ batchSize }: RunView, place: Partial<Place>): string {
  const { layer, direction, step, batch, unit } = place;
  const parts = [
    ...(layer === undefined || direction === undefined ? [] : [layerText({ layer, direction })]),
    ...(step === undefined ? [] : [`t = ${step}`]),
    ...(batch === undefined || batchSize === 1 ? [] : [t("batch {0}", batch)]),
    ...(unit === undefined ? [] : [t("unit {0}", unit)]),
  ];
  return parts.join(t(", "));
}
