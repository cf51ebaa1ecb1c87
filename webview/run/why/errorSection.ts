/**
 * The error over time: what each step of the reference makes, and what is only carried along.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { ResidualCurve, ResidualRequest } from "../../../src/protocol/run/curveMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { errorChart, type ErrorCurves } from "../../../src/drawing/run/charts/errorChart";
import { t, tr } from "../../shared/l10n";
import { lacksBelow } from "../../../src/drawing/run/absent";
import { layerText } from "../store/placeText";
import type { Store } from "../store/store";
import { differenceText, madeText } from "../../../src/drawing/run/charts/errorTexts";
import { errorCurve, errorPlot, legendBand, legendLine } from "./errorPlot";

/** As many columns as the drawing has room for. */
const MAX_COLUMNS = 500;

type Span = Pick<ResidualRequest, "from" | "to">;

/** The curves of a direction of a layer, over the steps from…to; `carried` is undefined while they are fetched. */
export interface ShownErrors {
  readonly span: Span;
  readonly place: ErrorPlace;
  readonly carried: Float32Array | undefined;
  readonly made: Float32Array | null;
  readonly floor: Float32Array | null;
}

interface ErrorPlace {
  readonly layer: number;
  readonly direction: "forward" | "reverse";
  readonly batch: number;
}

/** The cursor's lane and row where the reference has its steps, else those of the last layer. */
function placeOf({ config, lanes }: RunView, { layer, direction, batch }: ErrorPlace): ErrorPlace {
  const own = lanes.find((lane) => lane.layer === layer && lane.direction === direction);
  const last = (config?.numLayers ?? 1) - 1;
  return { layer: own?.reference === "full" ? layer : last, direction, batch };
}

/** Those of the finding; of a chaotic run, whose late steps are looked at here alone, all. */
function spanOf({ chaos, seqLength }: RunView, { overTime }: DiagnosisView): Span {
  if (overTime === null || chaos !== null) return { from: 0, to: seqLength };
  return { from: overTime.first, to: overTime.first + overTime.steps };
}

/** Of h, whatever state is on screen. */
export function fetchErrors(store: Store, run: RunView, answer: DiagnosisView): ShownErrors | null {
  const place = placeOf(run, store.state.cursor);
  const { layer, direction, batch } = place;
  const lane = run.lanes.find((each) => each.id === `layer${layer}.${direction}`);
  if (lane?.reference !== "full") return null;
  const span = spanOf(run, answer);
  const unknown = { place, span, carried: undefined, made: null, floor: null };
  const residuals = store.residuals({
    ...{ layer, direction, batch, ...span },
    maxColumns: Math.min(span.to - span.from, MAX_COLUMNS),
  });
  if (residuals === undefined) return unknown;
  if (residuals.curve !== null) return { place, span, ...known(residuals.curve) };
  const to = run.seqLength;
  const maxColumns = Math.min(to, MAX_COLUMNS);
  const timeline = store.timeline({ lane: lane.id, batch, maxColumns }, "h");
  return { ...unknown, span: { from: 0, to }, carried: timeline?.maxDelta };
}

/** Where NaN is carried along, a step from the reference's own state tells nothing of where it is made. */
function known({ carried, made, floor }: ResidualCurve): Omit<ShownErrors, "place" | "span"> {
  const isLost = carried.some((value, at) => Number.isNaN(value) && !Number.isNaN(made[at]));
  return { carried, made: isLost ? null : made, floor };
}

export function errorSection(
  view: RunView,
  answer: DiagnosisView,
  errors: ShownErrors | null,
): TemplateResult | typeof nothing {
  const title = html`<h2 id="why-error">
    ${t("Where error is made, and where it only travels")}
  </h2>`;
  if (errors === null) {
    return html`<section class="why-error" aria-labelledby="why-error">
      ${title}
      <p class="dim">
        ${t("The reference has no steps of this run’s shape to be shown over time.")}
      </p>
    </section>`;
  }
  const { place, carried, made } = errors;
  const where =
    view.batchSize > 1 ? t("{0}, batch {1}", layerText(place), place.batch) : layerText(place);
  return html`<section class="why-error" aria-labelledby="why-error">
    ${title}
    <p class="dim">${where}</p>
    ${carried === undefined || made !== null ? nothing : madeNowhere(view)}
    ${
      carried === undefined
        ? html`<p class="dim">${t("computing…")}</p>`
        : drawing(view, { ...errors, carried, tolerance: Number(answer.tolerance) })
    }
  </section>`;
}

/** Where NaN comes from. */
function madeNowhere({
  notFinite: [cause] = [],
  firstDivergence,
}: RunView): TemplateResult | typeof nothing {
  const first = firstDivergence?.first;
  if (cause === undefined || first == null) return nothing;
  return html`<p>${t("NaN is made at t = {0}, unit {1}: {2}.", first.step, first.unit, cause)}</p>`;
}

function drawing(
  { lanes }: RunView,
  errors: ErrorCurves<Float32Array> & Pick<ShownErrors, "place" | "span">,
): TemplateResult {
  const { carried, made, place, span } = errors;
  const { layer } = place;
  const { scale, band, ...paths } = errorChart(errors);
  const curves = [
    errorCurve("error-carried", paths.carried),
    ...(paths.made === null ? [] : [errorCurve("error-made", paths.made)]),
  ];
  return html`${errorPlot({
      ...{ scale, first: span.from, steps: span.to - span.from, band, curves },
      label: t("The error at each step, on a logarithmic scale"),
    })}
    <ul class="error-legend">
      ${legendLine("carried", tr(differenceText(carried)))}
      ${
        made === null
          ? nothing
          : legendLine("made", tr(madeText(made, lacksBelow(lanes, layer) ? layer - 1 : null)))
      }
      ${legendBand(t("rounding"))}
    </ul>`;
}
