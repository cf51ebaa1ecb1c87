/**
 * What was tried, ranked by its largest error: a list with a mark on a logarithmic scale in each row.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, svg, type PropertyDeclarations, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import { significant } from "../../../src/drawing/base/exactNumber";
import {
  logScale,
  placeOn,
  powerText,
  type LogScale,
} from "../../../src/drawing/run/charts/logScale";
import {
  firstRows,
  folded,
  triedRows,
  type TriedRow,
} from "../../../src/drawing/run/charts/triedRows";
import { unbroken } from "../../../src/drawing/base/unbroken";
import { t, tr } from "../../shared/l10n";
import { RunElement } from "../store/runElement";

/** More rows than this are shown when they are asked for. */
const FIRST_ROWS = 6;

const RADIUS = { fits: 6, unchanged: 6, tried: 4 } as const;

/** Holds which row is looked at and whether all are shown. Ends with its element. */
export class TriedChart extends RunElement {
  static override properties: PropertyDeclarations = {
    diagnosis: { attribute: false },
    active: { state: true },
    all: { state: true },
  };

  declare diagnosis: DiagnosisView | undefined;
  /** Index of the row that is looked at. */
  declare active: number;
  declare all: boolean;

  constructor() {
    super();
    this.active = 0;
    this.all = false;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("diagnosis")) this.active = 0;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { diagnosis } = this;
    if (diagnosis === undefined) return nothing;
    const rows = triedRows(diagnosis);
    const shown = this.all ? rows : firstRows(folded(rows), FIRST_ROWS);
    const tolerance = Number(diagnosis.tolerance);
    const scale = logScale(
      rows.flatMap(({ most }) => most ?? []),
      tolerance,
    );
    const active = Math.min(this.active, shown.length - 1);
    return html`
      <div class="tried-head" aria-hidden="true">
        <span class="tried-band">${t("rounding up to {0}", significant(tolerance, 2))}</span>
      </div>
      <div
        class="tried-list"
        role="listbox"
        tabindex="0"
        aria-label=${t("What was tried, the smallest error first")}
        aria-activedescendant="tried-${active}"
        @keydown=${(event: KeyboardEvent) => {
          this.#press(event, active, shown.length);
        }}
      >
        ${shown.map((row, index) => this.#row(row, { index, active, scale, tolerance }))}
      </div>
      <div class="tried-axis" aria-hidden="true">
        <span></span>
        <span class="tried-ticks">
          ${scale.ticks.map(
            (power) =>
              html`<span .style=${`left:${100 * placeOn(scale, 10 ** power)}%`}
                >${powerText(power)}</span
              >`,
          )}
        </span>
      </div>
      ${this.#readout(shown[active], tolerance)}
      ${shown.length < rows.length || this.all ? this.#more(rows.length) : nothing}
    `;
  }

  #row(
    row: TriedRow,
    {
      index,
      active,
      scale,
      tolerance,
    }: {
      readonly index: number;
      readonly active: number;
      readonly scale: LogScale;
      readonly tolerance: number;
    },
  ): TemplateResult {
    return html`<div
      class="tried-row ${row.kind}"
      id="tried-${index}"
      role="option"
      aria-selected=${index === active}
      @pointerenter=${() => {
        this.active = index;
      }}
    >
      <span class="tried-name">${unbroken(tr(row.title))}</span>
      ${track(row, scale, tolerance)}
      <span class="tried-number number">${numberText(row.most)}</span>
    </div>`;
  }

  /** The row that is looked at, by its ids. */
  #readout(row: TriedRow | undefined, tolerance: number): TemplateResult | typeof nothing {
    if (row === undefined) return nothing;
    const names = row.ids.map((id) => html`<code>${id}</code> `);
    const said = {
      // What is off in single values, or by precision, stays off.
      fits:
        row.isOfOthers || (row.most ?? 0) > tolerance
          ? t("explains the reference")
          : t("reproduces the reference"),
      unchanged: t("the run as it is"),
      tried: row.most === null ? t("has another shape than the reference") : t("does not fit"),
    }[row.kind];
    const largest = row.isOfOthers
      ? t("largest error of all others {0}", numberText(row.most))
      : t("largest error {0}", numberText(row.most));
    const error = row.most === null ? "" : ` · ${largest}`;
    const separator = names.length === 0 ? "" : " · ";
    return html`<p class="tried-readout dim">${said}${error}${separator}${names}</p>`;
  }

  #more(count: number): TemplateResult {
    return html`<button
      type="button"
      class="link"
      @click=${() => {
        this.all = !this.all;
      }}
    >
      ${this.all ? t("Show fewer") : t("Show all {0}", grouped(count))}
    </button>`;
  }

  #press(event: KeyboardEvent, active: number, count: number): void {
    const moved = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (moved === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.active = Math.min(count - 1, Math.max(0, moved));
    const row = this.querySelector(`#tried-${this.active}`);
    row?.scrollIntoView({ block: "nearest" });
  }
}

/** A line with a mark, over the band of rounding; a shape that differs has no mark. */
function track(row: TriedRow, scale: LogScale, tolerance: number): TemplateResult {
  const percent = (value: number): string => `${100 * placeOn(scale, value)}%`;
  return html`<span class="tried-track"
    ><svg aria-hidden="true">
      <rect class="tried-rounding" width=${percent(tolerance)} height="100%"></rect>
      ${scale.ticks.map(
        (power) =>
          svg`<line class="tried-grid" x1=${percent(10 ** power)} x2=${percent(10 ** power)} y1="0" y2="100%"></line>`,
      )}
      <line class="tried-line" x1="0" x2="100%" y1="50%" y2="50%"></line>
      ${
        row.most === null
          ? nothing
          : svg`<circle class="tried-mark" cx=${percent(row.most)} cy="50%" r=${RADIUS[row.kind]}></circle>`
      }
    </svg></span
  >`;
}

function numberText(most: number | null): string {
  if (most === null) return t("shape");
  // Beside a reference that is finite, where it is not.
  return Number.isFinite(most) ? significant(most, 2) : "NaN";
}

customElements.define("unroll-tried", TriedChart);
