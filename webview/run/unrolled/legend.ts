/**
 * The legend of the colours and marks of the unrolled view.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import type { StateName, RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import { paintColourBar } from "../../shared/pictures/colourBar";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import {
  centreOf,
  limitIn,
  limitOf,
  nextRange,
  ownInputLimit,
  stateLimits,
  type Domains,
} from "../../../src/drawing/run/domains";
import { outsideMark } from "../../../src/drawing/base/outsideShare";
import { limitText, measureName, measureText } from "../../../src/drawing/run/measures";
import type { DeltaAs, WindowData } from "../../../src/protocol/run/windowMessages";
import { changeMeasure, toggleCurve } from "../store/actions";
import { lanesShown } from "../store/lanes";
import { scaleName } from "../../../src/drawing/run/scaleName";
import { chaoticText } from "../../../src/drawing/run/verdict/chaosTexts";
import { hasOutside, isUncovered } from "../../../src/drawing/run/sides";
import { besideOf } from "../store/diagnosis";
import type { Store } from "../store/store";
import { gateEnds, laneEnds, rangeName, rangeTitle } from "./legendTexts";
import "./rangeBar";
import type { ShownRange } from "./rangeBar";

export interface LegendRequest {
  readonly store: Store;
  readonly view: RunView;
  readonly domains: Domains;
  readonly scaleOf: (limit: number, centre?: number) => ColourScale;
  /** Values of the layers that are drawn, and the one of them that is under the pointer. */
  readonly windows: readonly WindowData[];
  readonly value: number | null;
  /** True where what agrees steps back. */
  readonly isDimmed: boolean;
}

const NONE: readonly WindowData[] = [];

type ScaleOf = LegendRequest["scaleOf"];

/** A scale with its ends; `isCut` where values lie beyond them. */
interface Bar {
  readonly name: string;
  readonly limit: number;
  readonly isCut?: boolean;
  /** In the place of the limits. */
  readonly ends?: readonly [string, string];
}

/** What stands before the ends of a scale. */
function beyond(isCut: boolean): readonly [string, string] {
  return isCut ? ["≤ ", "≥ "] : ["", ""];
}

function endsOf({ limit, isCut = false, ends }: Bar): readonly [string, string] {
  const [low, high] = beyond(isCut);
  return ends ?? [`${low}−${limit}`, `${high}+${limit}`];
}

function nameOf(name: string): TemplateResult {
  return html`<span class="legend-name">${name}</span> `;
}

function scale(shown: Bar, scaleOf: ScaleOf): TemplateResult {
  const [low, high] = endsOf(shown);
  const { table } = scaleOf(shown.limit);
  return html`${nameOf(shown.name)} <span class="number">${low}</span>
    <canvas
      class="legend-bar"
      aria-hidden="true"
      ${ref((canvas) => {
        paintColourBar(canvas, table);
      })}
    ></canvas>
    <span class="number">${high}</span>`;
}

function bar(shown: Bar, scaleOf: ScaleOf): TemplateResult {
  return html`<span class="legend-scale">${scale(shown, scaleOf)}</span>`;
}

/** Gates that are shown: those of σ around one half, the candidates around 0. */
function gateBars({ store: { state }, domains, scaleOf }: LegendRequest): TemplateResult[] {
  const gates = lanesShown(state).filter(({ atOnce }) => atOnce !== undefined);
  return [0.5, 0].flatMap((centre) => {
    const lanes = gates.filter((lane) => centreOf(lane, "ours") === centre);
    if (lanes.length === 0) return [];
    const limits = lanes.map((lane) => limitOf(domains, lane, "ours"));
    const names = [...new Set(lanes.map(({ quantity }) => quantity ?? ""))].reverse();
    const shown = { name: names.join(" "), limit: Math.max(...limits) };
    const bars = { ...shown, ends: gateEnds(limits, centre) };
    return [bar(bars, (limit) => scaleOf(limit, centre))];
  });
}

/** The scale of h or c: a button where it has another range to go to. */
function stateBar(
  { store, view, scaleOf, domains, windows, value }: LegendRequest,
  stateName: StateName,
  name: string,
): TemplateResult {
  const { run, stateRange } = store.state;
  const limits = stateLimits(run ?? view, stateName);
  const limit = limitIn(limits, stateRange);
  const ends = laneEnds(domains, view.lanes);
  const isCut = limits.largest > limit;
  const shown = ends === undefined ? { name, limit, isCut } : { name, limit, ends };
  const title = rangeTitle(stateName, limits, stateRange);
  const label =
    ends === undefined
      ? t("Colours from −{0} to +{0}. {1}", limit, title)
      : t("Colours of each lane. {0}", title);
  // In c the output beside the layers is h: what is counted and pointed at is c.
  const isOwn = stateName === store.state.stateName;
  const range: ShownRange = {
    scale: scaleOf(limit),
    largest: limits.largest,
    windows: isOwn ? windows : NONE,
    value: isOwn ? value : null,
    change: (wanted) => {
      store.update({ stateRange: wanted });
    },
  };
  const [low, high] = endsOf(shown);
  return html`<span class="legend-scale"
      >${nameOf(name)}<span class="number">${low}</span>
      <unroll-range .shown=${range}></unroll-range>
      <span class="number">${high}</span></span
    ><button
      type="button"
      class="legend-switch range-switch"
      title=${title}
      aria-label=${label}
      @click=${() => {
        store.update({ stateRange: nextRange(limits, stateRange) });
      }}
    >
      ${rangeName(stateRange)}
    </button>`;
}

/** Even colours, or those that tell small values apart. */
function curveSwitch(store: Store): TemplateResult {
  const isOn = store.state.curve === "symlog";
  return html`<button
    type="button"
    class="legend-switch curve-switch"
    aria-pressed=${isOn}
    title=${t("Colours on a logarithmic scale on both sides of 0: small values are told apart")}
    @click=${() => {
      toggleCurve(store);
    }}
  >
    ${t("symlog")}
  </button>`;
}

const MEASURES: Readonly<Record<DeltaAs, () => string>> = {
  absolute: () => t("absolute"),
  relative: () => t("relative"),
  ulp: () => t("in ulp"),
};

/** The scale of Δ, with what is drawn of it and a way to measure it otherwise. */
function deltaBar({ store, domains, scaleOf, windows, value }: LegendRequest): TemplateResult {
  const { delta: limit, largestDelta } = domains;
  const { deltaAs, deltaRange } = store.state;
  const change = (wanted: number | null): void => {
    store.update({ deltaRange: wanted });
  };
  const shown: ShownRange = {
    scale: scaleOf(limit),
    largest: largestDelta,
    windows,
    value,
    change,
  };
  const [low, high] = beyond(largestDelta > limit);
  return html`<span class="legend-scale"
      >${nameOf(measureName(deltaAs))}<span class="number">${low}−${limitText(limit)}</span>
      <unroll-range .shown=${shown}></unroll-range>
      <span class="number">${high}+${limitText(limit)}</span></span
    >${
      deltaRange === null
        ? nothing
        : html`<button
            type="button"
            class="legend-switch range-switch"
            title=${t("Let the colours follow the differences again")}
            @click=${() => {
              change(null);
            }}
          >
            ${t("auto")}
          </button>`
    }
    <button
      type="button"
      class="legend-switch measure-switch"
      title=${t("How Δ is measured: by itself, by |reference|, or in units in the last place")}
      @click=${() => {
        changeMeasure(store);
      }}
    >
      ${MEASURES[deltaAs]()}
    </button>`;
}

/** Scales of lanes that do not share that of the layers, beside h below c. */
function ownScales({ lanes }: RunView, domains: Domains, isDelta: boolean): Bar[] {
  const own: Bar[] = [];
  const states = isDelta ? [domains.delta] : [domains.layers, domains.states];
  const hasLogits = !isDelta && lanes.some(({ id }) => id === "logits");
  if (hasLogits && domains.logits !== domains.states) {
    own.push({ name: scaleName("logits", domains.logits, lanes, domains), limit: domains.logits });
  }
  const shown = [...states, ...own.map(({ limit }) => limit)];
  const input = ownInputLimit(domains, shown);
  if (input !== null) own.push({ name: "x", limit: input });
  return own;
}

/** Lanes that the reference does not have: collapsed, or beside the run under what was found. */
function findingSwitch(store: Store, { lanes }: RunView): TemplateResult | typeof nothing {
  const { showsFinding } = store.state;
  if (besideOf(store.state).length === 0 || !lanes.some(isUncovered)) return nothing;
  return html`<button
    type="button"
    class="legend-switch finding-switch"
    aria-pressed=${showsFinding}
    title=${t("In lanes that the reference does not have: ours − the run under the finding")}
    @click=${() => {
      store.update({ showsFinding: !showsFinding });
    }}
  >
    ${t("Δ of the finding")}
  </button>`;
}

/** Of a chaotic run the strips above the lanes are all that is seen of large differences. */
function chaosLegend(view: RunView): TemplateResult | typeof nothing {
  const chaotic = chaoticText(view);
  if (chaotic === null) return nothing;
  return html`<span>${tr(chaotic)}</span>
    <span
      ><i class="swatch swatch-beside" .style=${"background:var(--unroll-dim)"}></i
      >${t("max |Δ| of a step")}</span
    >`;
}

/** The mark of what is outside tolerance as it is on screen, in Δ around cells, else beside lanes; nothing where all is inside. */
function outsideSwatch({ store, view, windows }: LegendRequest): TemplateResult | typeof nothing {
  const isDelta = store.state.mode === "delta";
  if (isDelta ? view.verdicts.every(({ outside }) => outside === 0) : !hasOutside(view)) {
    return nothing;
  }
  const isHatched = isDelta && windows.some((data) => outsideMark(data) === "hatched");
  const mark = `swatch-${isDelta ? "outside" : "beside"} ${isHatched ? "hatched" : ""}`;
  return html`<span><i class="swatch ${mark}"></i>${t("outside tolerance")}</span>`;
}

/** The foot of the unrolled view. */
export function legend(request: LegendRequest): TemplateResult {
  const { store, view, domains, scaleOf } = request;
  const { mode, stateName } = store.state;
  const isDelta = mode === "delta";
  const own = ownScales(view, domains, isDelta);
  const hasPadding = view.lengths?.some((length) => length < view.seqLength) === true;
  const hasOutputScale = !isDelta && domains.states !== domains.layers;
  const named = (name: string, limit: number): string =>
    scaleName(name, limit, view.lanes, domains);
  return html`<div class="legend">
    ${isDelta ? deltaBar(request) : stateBar(request, stateName, named(stateName, domains.layers))}
    ${hasOutputScale ? stateBar(request, "h", named("h", domains.states)) : nothing}
    ${curveSwitch(store)} ${isDelta ? findingSwitch(store, view) : nothing}
    ${own.map((shown) => bar(shown, scaleOf))} ${isDelta ? nothing : gateBars(request)}
    ${
      isDelta
        ? html`<span>${tr(measureText(store.state.deltaAs, view.tolerance))}</span>`
        : request.isDimmed
          ? html`<span>${t("dimmed: within tolerance")}</span>`
          : nothing
    }
    ${outsideSwatch(request)} ${isDelta ? chaosLegend(view) : nothing}
    ${
      hasPadding ? html`<span><i class="swatch swatch-padding"></i>${t("padding")}</span>` : nothing
    }
  </div>`;
}
