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
import { firstPlaceLink } from "./placeLink";
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

/** Those of the finding; all while there is none, and of a chaotic run, whose late steps are looked at here alone. */
function spanOf({ chaos, seqLength }: RunView, overTime: DiagnosisView["overTime"]): Span {
  if (overTime === null || chaos !== null) return { from: 0, to: seqLength };
  return { from: overTime.first, to: overTime.first + overTime.steps };
}

/** Of h, whatever state is on screen; `overTime` is that of the answer, null while there is none. */
export function fetchErrors(
  store: Store,
  run: RunView,
  overTime: DiagnosisView["overTime"],
): ShownErrors | null {
  const place = placeOf(run, store.state.cursor);
  const { layer, direction, batch } = place;
  const lane = run.lanes.find((each) => each.id === `layer${layer}.${direction}`);
  if (lane?.reference !== "full") return null;
  const span = spanOf(run, overTime);
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
  if (!isLost) return { carried, made, floor };
  const known = floor.map((value, at) => (Number.isNaN(carried[at]) ? NaN : value));
  return { carried, made: null, floor: known };
}

/** `tolerance` is what counts as rounding over the whole run, NaN where that is not known yet. */
export function errorSection(
  store: Store,
  view: RunView,
  { errors, tolerance }: { readonly errors: ShownErrors | null; readonly tolerance: number },
): TemplateResult {
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
    ${
      carried === undefined
        ? html`<p class="dim" role="status">${t("computing…")}</p>`
        : html`${isNowhereKnown(carried) || made === null ? originOfNaN(store, view) : nothing}
          ${
            isNowhereKnown(carried)
              ? html`<p>${t("The difference is not a number at any step.")}</p>`
              : drawing(view, { ...errors, carried, tolerance })
          }`
    }
  </section>`;
}

function isNowhereKnown(curve: Float32Array): boolean {
  return curve.every((value) => Number.isNaN(value));
}

/** What NaN comes from, and where it is made, if the reference has the steps before. */
function originOfNaN(store: Store, view: RunView): TemplateResult | typeof nothing {
  const [cause] = view.notFinite ?? [];
  const first = view.firstDivergence?.first;
  if (cause === undefined) return nothing;
  const lane = view.lanes.find(({ layer, direction }) => {
    return layer === first?.layer && direction === first.direction;
  });
  if (first == null || lane?.reference !== "full") return html`<p>${t("{0}.", cause)}</p>`;
  const sentence = t("NaN is made at t = {0}, unit {1}: {2}.", first.step, first.unit, cause);
  return html`<p>${firstPlaceLink(store, view, sentence)}</p>`;
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
      ${band === "" ? nothing : legendBand(t("rounding"))}
    </ul>`;
}
