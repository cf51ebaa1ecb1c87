/**
 * Statistics of the tensor: moments, percentiles, counts, histogram, observations, spectrum.
 */
import { grouped, percentOf } from "../../../src/core/numeric";
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import {
  PERCENTILES,
  type TensorInfo,
  type TensorStatistics,
} from "../../../src/protocol/archive/messages";
import { t, tr } from "../../shared/l10n";
import { progressMeter } from "../../shared/pageElement";
import { StoreElement } from "../../shared/store/storeElement";
import { ThemeController } from "../../shared/pictures/theme";
import { cancelWork } from "../store/actions";
import {
  colourAt,
  colourMap,
  placer,
  type ColourMap,
} from "../../../src/drawing/tensors/colourMap";
import { domainOf } from "../../../src/drawing/tensors/domain";
import { chosenLayout } from "../../../src/drawing/tensors/gateBlocks";
import { formatStatistic, isComplex } from "../../../src/drawing/tensors/quantities";
import type { Scope } from "../store/savedState";
import type { TensorStore } from "../store/store";
import type { TensorState } from "../store/tensorState";
import "./histogramView";
import { spectrumSection } from "./spectrumSection";

/** Characters of a value that stands beside another one; a longer one would be cut. */
const LONGEST_OF_TWO = 10;

/** True when the statistics of a slice differ in kind from those of the tensor. */
function hasScopes({ shape, dtype }: TensorInfo): boolean {
  return shape.length > 2 && !isComplex(dtype);
}

function scopeOf({ scope }: TensorState, info: TensorInfo): Scope {
  return hasScopes(info) ? scope : "tensor";
}

/** Holds the chosen gate block of the spectrum, and the data that it shows. Ends with its element. */
export class StatisticsView extends StoreElement<TensorStore> {
  static override properties: PropertyDeclarations = { block: { state: true } };

  /** Gate block whose spectrum is shown. */
  declare block: number;
  readonly #theme = new ThemeController(this);
  #statistics: TensorStatistics | undefined;
  /** Statistics of the whole tensor, from which the range of the colours follows. */
  #spread: TensorStatistics | undefined;
  #spectrum: ReturnType<TensorStore["spectrum"]>;

  constructor() {
    super();
    this.block = 0;
  }

  protected override fetch(store: TensorStore): void {
    const { info } = store.state;
    if (info === null) return;
    this.#statistics = store.statistics(scopeOf(store.state, info));
    this.#spread = store.statistics("tensor");
    this.#spectrum = info.hasSpectrum ? store.spectrum(info.name) : undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { info } = store.state;
    if (info === null) return nothing;
    const scope = scopeOf(store.state, info);
    const statistics = this.#statistics;
    return html`
      <div class="statistics-head">
        <h2>${t("Statistics")}</h2>
        ${hasScopes(info) ? this.#scopes(store, scope) : nothing}
      </div>
      ${
        statistics === undefined
          ? html`<p class="dim" role="status">${t("counting…")}</p>`
          : this.#all(store, info, statistics, scope)
      }
      ${
        info.hasSpectrum
          ? spectrumSection({
              spectrum: this.#spectrum,
              chosen: this.block,
              choose: (index) => {
                this.block = index;
              },
              names:
                chosenLayout(info.layouts, store.state.layout)?.blocks.map(({ name }) => name) ??
                [],
            })
          : nothing
      }
    `;
  }

  #scopes(store: TensorStore, scope: Scope): TemplateResult {
    const names = { tensor: t("tensor"), slice: t("slice") };
    return html`<div class="segments" role="group" aria-label=${t("What is counted")}>
      ${(["tensor", "slice"] as const).map(
        (each) =>
          html`<button
            type="button"
            class="segment"
            aria-pressed=${each === scope ? "true" : "false"}
            @click=${() => {
              store.update({ scope: each });
            }}
          >
            ${names[each]}
          </button>`,
      )}
    </div>`;
  }

  #all(
    store: TensorStore,
    info: TensorInfo,
    statistics: TensorStatistics,
    scope: Scope,
  ): TemplateResult {
    return html`
      ${this.#effort(store, statistics, scope)} ${this.#observations(statistics)}
      ${this.#moments(info, statistics)} ${this.#histogram(store, info, statistics)}
      ${this.#percentiles(info, statistics)}
    `;
  }

  #effort(store: TensorStore, statistics: TensorStatistics, scope: Scope): TemplateResult {
    const { kind, seen, total } = statistics;
    const { isCounting, progress } = store.state;
    if (isCounting) {
      const fraction = progress?.fraction ?? 0;
      const cancel = (): void => {
        cancelWork(store);
      };
      return html`<p class="effort" role="status">
        ${progressMeter(fraction, t("Counting all elements"), cancel)}
      </p>`;
    }
    if (kind === "exact") {
      const elements = total === 1 ? t("1 element") : t("{0} elements", grouped(total));
      return html`<p class="effort dim">${t("exact, {0}", elements)}</p>`;
    }
    return html`<p class="effort">
      <span class="sampled">${t("sampled: {0} of {1}", grouped(seen), grouped(total))}</span>
      <button type="button" class="link" @click=${() => void store.countAll(scope)}>
        ${t("count all")}
      </button>
    </p>`;
  }

  #observations({ observations }: TensorStatistics): TemplateResult | typeof nothing {
    if (observations.length === 0) return nothing;
    return html`<ul class="observations">
      ${observations.map((sentence) => html`<li>${tr(sentence)}</li>`)}
    </ul>`;
  }

  #moments({ dtype }: TensorInfo, statistics: TensorStatistics): TemplateResult {
    const [min = NaN, max = NaN, mean = NaN, deviation = NaN] = statistics.moments;
    const { zeros, nans, positiveInfinities, negativeInfinities, seen, exactRange } = statistics;
    const counted = (name: string, count: number): TemplateResult | typeof nothing =>
      count === 0
        ? nothing
        : html`<div>
            <dt>${name}</dt>
            <dd>${grouped(count)} <span class="dim">${percentOf(count, seen)}</span></dd>
          </div>`;
    const fact = (name: string, value: string): TemplateResult =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
    const hasValues = Number.isFinite(min);
    const [least, largest] = exactRange ?? [
      formatStatistic(min, dtype),
      formatStatistic(max, dtype),
    ];
    const isLong = exactRange !== null;
    return html`<dl class=${isLong ? "facts wide-facts" : "facts"}>
      ${
        hasValues
          ? [
              fact(t("min"), least),
              fact(t("max"), largest),
              fact(t("mean"), formatStatistic(mean, "float64")),
              fact(t("std"), formatStatistic(deviation, "float64")),
            ]
          : nothing
      }
      ${counted(t("zeros"), zeros)} ${counted("NaN", nans)} ${counted("+∞", positiveInfinities)}
      ${counted("−∞", negativeInfinities)}
    </dl>`;
  }

  #histogram(
    store: TensorStore,
    info: TensorInfo,
    statistics: TensorStatistics,
  ): TemplateResult | typeof nothing {
    // One value has no distribution: its bar would always be full.
    if (!Number.isFinite(statistics.moments[0] ?? NaN) || statistics.total === 1) return nothing;
    const { isLogHistogram } = store.state;
    const map = this.#map(store.state, info, this.#spread ?? statistics);
    const placeOf = placer(map);
    return html`<section aria-labelledby="histogram-title">
      <div class="statistics-head">
        <h3 id="histogram-title">${t("Histogram")}</h3>
        <button
          type="button"
          class="link"
          aria-pressed=${isLogHistogram ? "true" : "false"}
          @click=${() => {
            store.update({ isLogHistogram: !isLogHistogram });
          }}
        >
          ${isLogHistogram ? t("log counts") : t("linear counts")}
        </button>
      </div>
      <unroll-histogram
        title=${t("Drag to set the range of the colours")}
        .statistics=${statistics}
        .isLog=${isLogHistogram}
        .range=${map.domain}
        .colourOf=${(value: number) => `rgb(${colourAt(map, placeOf(value)).join(",")})`}
        @range=${({ detail }: CustomEvent<{ low: number; high: number }>) => {
          store.recolour({ range: { mode: "typed", ...detail } });
        }}
      ></unroll-histogram>
    </section>`;
  }

  #map({ colours }: TensorState, { dtype }: TensorInfo, spread: TensorStatistics): ColourMap {
    const { kind, diverging, sequential, range } = colours;
    const { backgroundRgb: background } = this.#theme.theme;
    const domain = domainOf(spread, dtype, range);
    return colourMap({ domain, kind, diverging, sequential, background });
  }

  #percentiles({ dtype }: TensorInfo, statistics: TensorStatistics): TemplateResult {
    const { percentiles, percentilesAreExact, total } = statistics;
    if (!Number.isFinite(percentiles[0] ?? NaN) || total === 1) return html``;
    const values = Array.from(percentiles, (value) =>
      formatStatistic(value, dtype, percentilesAreExact),
    );
    const isLong = values.some(({ length }) => length > LONGEST_OF_TWO);
    return html`<section aria-labelledby="percentiles-title">
      <h3 id="percentiles-title">${t("Percentiles")}</h3>
      <dl
        class=${isLong ? "facts percentiles wide-facts" : "facts percentiles"}
        title=${percentilesAreExact ? "" : t("read off a fine histogram")}
      >
        ${PERCENTILES.map(
          (percent, index) =>
            html`<div>
              <dt>${percent} %</dt>
              <dd>${values[index]}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }
}

customElements.define("unroll-statistics", StatisticsView);
