/**
 * A page of the table view: units × steps of one lane, with the values of one side or two.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { LaneInfo } from "../../../src/protocol/run/messages";
import type { DeltaAs, Side, WindowData } from "../../../src/protocol/run/windowMessages";
import { t, tr } from "../../shared/l10n";
import { niceLimit } from "../../../src/drawing/base/colourScale";
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { formatLaneValue } from "../../../src/drawing/base/numbers";
import { measuredText, measureText } from "../../../src/drawing/run/measures";
import { toTsv, type TablePage } from "../../../src/drawing/run/tablePage";
import { laneIdOf } from "../../../src/drawing/run/places";
import { laneText } from "../store/placeText";
import type { Store } from "../store/store";

/** Of a colour in a ground, in percent: numbers are read on it in every theme. */
const STRONGEST = 40;

/** The values of one side on the page. */
export interface PageSide {
  readonly side: Side;
  readonly data: WindowData | undefined;
}

/** A page of a lane with its values, as far as they are here. */
export interface ShownPage {
  readonly lane: LaneInfo;
  readonly page: TablePage;
  readonly sides: readonly PageSide[];
}

/** The table of a page; a click puts the cursor on a cell. */
export function valueTable(store: Store, { lane, page, sides }: ShownPage): TemplateResult {
  const { cursor, stateName } = store.state;
  const steps = range(page.stepStart, page.stepEnd);
  const isCursorLane = lane.id === laneIdOf(cursor);
  const { range: reach } = stateName === "c" ? (lane.cell ?? lane) : lane;
  // Tokens are names, no magnitudes.
  const limit = lane.id === "tokens" ? Infinity : niceLimit([reach]);
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t("Values")}>
      <table class="values">
        <caption>
          <span
            >${laneText(lane)} ·
            ${lane.cell === null ? nothing : html`${stateName} · `}${t("batch {0}", cursor.batch)} ·
            ${sides.map(({ side }) => sideText(side, store.state)).join(" / ")}
            ${lane.outside > 0 ? html`· ${t("✗ marks values outside tolerance")}` : nothing}</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">${t("unit")}</th>
            ${steps.map(
              (step) =>
                html`<th scope="col" class="number">
                  ${lane.isFinal === true ? store.state.view?.surrounding?.head : `t = ${step}`}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${range(page.unitStart, page.unitEnd).map(
            (unit) => html`
              <tr>
                <th scope="row" class="number">${unit}</th>
                ${steps.map((step) => {
                  const isCursor = isCursorLane && unit === cursor.unit && step === cursor.step;
                  const choose = (): void => {
                    const { layer, direction } = lane;
                    if (layer === null || direction === null) return;
                    store.moveTo({ layer, direction, step, unit });
                  };
                  const index = (unit - page.unitStart) * steps.length + step - page.stepStart;
                  return html`<td
                    class="number ${isCursor ? "cursor" : ""}"
                    .style=${ground(sides, index, limit)}
                    aria-current=${isCursor ? "true" : nothing}
                    @click=${choose}
                  >
                    ${cell(lane, sides, index, store.state.deltaAs)}
                  </td>`;
                })}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

function sideText(side: Side, { deltaAs, view }: Store["state"]): string {
  switch (side) {
    case "ours":
      return t("ours");
    case "reference":
      return t("reference");
    case "delta":
      return tr(measureText(deltaAs, view?.tolerance ?? { atol: 0 }));
  }
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** A shade of the colours of the lanes, by which large values are found; what is outside tolerance has its own ground. */
function ground(sides: readonly PageSide[], index: number, limit: number): string {
  const [first] = sides;
  const share = (first?.data?.values[index] ?? 0) / limit;
  const isMarked = first?.side === "delta" || sides.some(({ data }) => data?.outside[index] === 1);
  if (isMarked || !Number.isFinite(share)) return "";
  const amount = Math.round(Math.min(1, Math.abs(share)) * STRONGEST);
  return `background:color-mix(in srgb,${share < 0 ? "#4393c3" : "#d6604d"} ${amount}%,transparent)`;
}

function cell(
  lane: LaneInfo,
  sides: readonly PageSide[],
  index: number,
  deltaAs: DeltaAs,
): TemplateResult {
  const isOutside = sides.some(({ data }) => data?.outside[index] === 1);
  const isValid = sides.every(({ data }) => data === undefined || data.valid[index] === 1);
  if (!isValid) {
    return html`<span class="dim" title=${t("padding behind the sequence's length")}>–</span>`;
  }
  const written = (side: Side, value: number): string =>
    side === "delta" ? measuredText(value, deltaAs) : formatLaneValue(lane, value);
  const values = sides.map(({ side, data }) => {
    const value = data?.values[index];
    return html`<span class="value">${value === undefined ? "…" : written(side, value)}</span>`;
  });
  if (!isOutside) return html`${values}`;
  return html`<span class="outside" title=${t("outside tolerance")}>✗</span>${values}`;
}

/** The page with its header row and column, as a spreadsheet takes it. */
export function pageAsTsv(page: TablePage, sides: readonly PageSide[]): string {
  const steps = range(page.stepStart, page.stepEnd);
  const header = ["unit", ...steps.map((step) => `t=${step}`)];
  const rows = range(page.unitStart, page.unitEnd).flatMap((unit) =>
    sides.map(({ side, data }) => {
      const first = (unit - page.unitStart) * steps.length;
      const name = sides.length > 1 ? `${unit} ${side}` : String(unit);
      const values = steps.map((_, column) => data?.values[first + column] ?? NaN);
      return [name, ...values.map((value) => significant(value, FLOAT32_DIGITS))];
    }),
  );
  return toTsv([header, ...rows]);
}
