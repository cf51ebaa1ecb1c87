/**
 * The foot of the heatmap: legend, and the choice of how values become colours.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import {
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
  type TensorStatistics,
} from "../../../src/protocol/archive/messages";
import { t } from "../../shared/l10n";
import { paintColourBar } from "../../shared/pictures/colourBar";
import { isSchemeName, SCHEME_NAMES } from "../../../src/drawing/base/colourScale";
import { choiceList } from "../../shared/choiceList";
import {
  SCALE_KINDS,
  SEQUENTIAL_NAMES,
  valueAt,
  type ColourMap,
  type ScaleKind,
} from "../../../src/drawing/tensors/colourMap";
import { parseRange, RANGE_MODES, type RangeMode } from "../../../src/drawing/tensors/domain";
import { formatShort } from "../../../src/drawing/tensors/quantities";
import type { Blocks } from "../../../src/drawing/tensors/tilePlan";
import { AGGREGATES, type Aggregate } from "../store/savedState";
import type { TensorStore } from "../store/store";

export interface ColourControlsRequest {
  readonly store: TensorStore;
  readonly map: ColourMap;
  readonly blocks: Blocks;
  readonly statistics: TensorStatistics | undefined;
  /** `TILE_…` bits of the cells on screen. */
  readonly flags: number;
  /** True where the colours run over the cells' own range, not that of all values. */
  readonly hasOwnRange: boolean;
  /** True when not every value behind the cells was read. */
  readonly isSampled: boolean;
}

/** Places of the legend that carry a number. */
const ENDS = [0, 1] as const;
const CENTRED = [0, 0.5, 1] as const;
const BENT = [0, 0.25, 0.5, 0.75, 1] as const;

function kindName(kind: ScaleKind): string {
  switch (kind) {
    case "linear":
      return t("linear");
    case "log":
      return t("log");
    case "symlog":
      return t("symlog");
  }
}

/** What is in force: cells of many values have a narrower range than single values. */
function rangeName(mode: RangeMode, hasOwnRange: boolean): string {
  switch (mode) {
    case "auto":
      return hasOwnRange ? t("99 % of the cells") : t("min – max");
    case "percentile":
      return t("1 – 99 %");
    case "typed":
      return t("typed");
  }
}

function aggregateName(aggregate: Aggregate): string {
  return aggregate === "mean" ? t("mean") : t("extreme");
}

function ticksOf({ domain, kind }: ColourMap): readonly number[] {
  if (kind !== "linear") return BENT;
  return domain.isDiverging ? CENTRED : ENDS;
}

function tickValue(map: ColourMap, place: number): number {
  const { low, high, isDiverging } = map.domain;
  const limit = Math.max(Math.abs(low), Math.abs(high));
  if (place === 0) return isDiverging ? -limit : low;
  if (place === 1) return isDiverging ? limit : high;
  return isDiverging && place === 0.5 ? 0 : valueAt(map, place);
}

function scaleBar(map: ColourMap): TemplateResult {
  const places = ticksOf(map);
  return html`<span class="scale" role="img" aria-label=${scaleText(map)}>
    <canvas
      class="legend-bar"
      ${ref((canvas) => {
        paintColourBar(canvas, map.table);
      })}
    ></canvas>
    <span class="scale-ticks" aria-hidden="true"
      >${places.map(
        (place) =>
          html`<span class="number" .style=${`left:${place * 100}%`}
            >${formatShort(tickValue(map, place))}</span
          >`,
      )}</span
    >
  </span>`;
}

function scaleText({ domain, kind }: ColourMap): string {
  const [low, high] = [formatShort(domain.low), formatShort(domain.high)];
  return domain.isDiverging
    ? t("Colours from {0} through 0 to {1}, {2}", low, high, kindName(kind))
    : t("Colours from {0} to {1}, {2}", low, high, kindName(kind));
}

/** How many values are not finite; a mark each, since no colour stands for them. */
function irregulars(statistics: TensorStatistics | undefined, flags: number): TemplateResult {
  const atLeast = statistics?.kind === "sampled" ? "≥ " : "";
  const counted = [
    ["×", "NaN", statistics?.nans ?? 0, TILE_NAN],
    ["∧", "+∞", statistics?.positiveInfinities ?? 0, TILE_POSITIVE_INFINITY],
    ["∨", "−∞", statistics?.negativeInfinities ?? 0, TILE_NEGATIVE_INFINITY],
  ] as const;
  return html`${counted.map(([mark, name, count, flag]) =>
    count === 0 && (flags & flag) === 0
      ? nothing
      : html`<span class="irregular"
          ><i class="glyph" aria-hidden="true">${mark}</i>${name}
          ${
            count === 0 ? nothing : html`<span class="number">${atLeast}${grouped(count)}</span>`
          }</span
        >`,
  )}`;
}

function blocksText({ rows, columns }: Blocks, aggregate: Aggregate): string {
  return aggregate === "mean"
    ? t("each cell is {0} × {1} values: their mean", rows, columns)
    : t("each cell is {0} × {1} values: the one of largest magnitude", rows, columns);
}

function cellsText({ store, blocks, isSampled }: ColourControlsRequest): string {
  return isSampled
    ? t("each cell is a sample of {0} × {1} values", blocks.rows, blocks.columns)
    : blocksText(blocks, store.state.colours.aggregate);
}

/** Two fields for a typed range. */
function rangeFields(store: TensorStore, { domain }: ColourMap): TemplateResult | typeof nothing {
  const { range } = store.state.colours;
  if (range.mode !== "typed") return nothing;
  const change = (event: Event): void => {
    const fields = (event.currentTarget as HTMLElement)
      .closest(".range-fields")
      ?.querySelectorAll<HTMLInputElement>("input");
    const [low, high] = [...(fields ?? [])].map(({ value }) => value);
    const typed = parseRange(low ?? "", high ?? "");
    for (const field of fields ?? []) field.setAttribute("aria-invalid", String(typed === null));
    if (typed !== null) store.recolour({ range: typed });
  };
  const field = (label: string, value: number): TemplateResult =>
    html`<input
      type="text"
      class="text-input range-end"
      inputmode="decimal"
      aria-label=${label}
      .value=${String(value)}
      @change=${change}
    />`;
  return html`<span class="range-fields">
    ${field(t("lower end of the range"), domain.low)} …
    ${field(t("upper end of the range"), domain.high)}
  </span>`;
}

function changeRange(store: TensorStore, map: ColourMap, name: string): void {
  const mode = RANGE_MODES.find((each) => each === name);
  if (mode === undefined) return;
  const { low, high } = map.domain;
  // The fields start with the range on screen.
  store.recolour({ range: { mode, low, high } });
}

function schemes(store: TensorStore, { domain }: ColourMap): TemplateResult {
  const { diverging, sequential } = store.state.colours;
  const names: readonly string[] = domain.isDiverging ? SCHEME_NAMES : SEQUENTIAL_NAMES;
  return choiceList({
    label: t("Colours"),
    value: domain.isDiverging ? diverging : sequential,
    options: names.map((name) => [name, name] as const),
    change: (name) => {
      const found = SEQUENTIAL_NAMES.find((each) => each === name);
      if (isSchemeName(name)) store.recolour({ diverging: name });
      else if (found !== undefined) store.recolour({ sequential: found });
    },
  });
}

function controls({ store, map, blocks, hasOwnRange }: ColourControlsRequest): TemplateResult {
  const { aggregate, range } = store.state.colours;
  const { isDiverging } = map.domain;
  const kinds = SCALE_KINDS.filter((kind) => kind !== "log" || !isDiverging);
  const isAggregated = blocks.rows > 1 || blocks.columns > 1;
  return html`<span class="colour-controls">
    ${
      isAggregated
        ? choiceList({
            label: t("cells"),
            named: true,
            value: aggregate,
            options: AGGREGATES.map((each) => [each, aggregateName(each)] as const),
            change: (name) => {
              const found = AGGREGATES.find((each) => each === name);
              if (found !== undefined) store.recolour({ aggregate: found });
            },
          })
        : nothing
    }
    ${choiceList({
      label: t("range"),
      named: true,
      value: range.mode,
      hint:
        hasOwnRange && range.mode === "auto"
          ? t("Single values lie further apart: their range is typed, or seen by zooming in.")
          : "",
      options: RANGE_MODES.map((mode) => [mode, rangeName(mode, hasOwnRange)] as const),
      change: (name) => {
        changeRange(store, map, name);
      },
    })}
    ${rangeFields(store, map)}
    ${choiceList({
      label: t("scale"),
      named: true,
      value: map.kind,
      options: kinds.map((kind) => [kind, kindName(kind)] as const),
      change: (name) => {
        const found = SCALE_KINDS.find((kind) => kind === name);
        if (found !== undefined) store.recolour({ kind: found });
      },
    })}
    ${schemes(store, map)}
  </span>`;
}

export function colourControls(request: ColourControlsRequest): TemplateResult {
  const { map, blocks, statistics, flags } = request;
  const isAggregated = blocks.rows > 1 || blocks.columns > 1;
  return html`<div class="heat-foot">
    <div class="legend">
      ${scaleBar(map)} ${irregulars(statistics, flags)}
      ${isAggregated ? html`<span>${cellsText(request)}</span>` : nothing}
    </div>
    ${controls(request)}
  </div>`;
}
