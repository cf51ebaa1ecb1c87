/**
 * The error over time: what each step of the reference makes, and what is only carried along.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import {
  ERROR_HEIGHT,
  ERROR_WIDTH,
  errorChart,
  stepTicks,
  type ErrorChart,
} from "../../../src/drawing/run/errorChart";
import { significant } from "../../../src/drawing/base/exactNumber";
import { placeOn, powerText } from "../../../src/drawing/run/logScale";
import { t } from "../../shared/l10n";
import { layerText } from "../store/placeText";
import type { Store } from "../store/store";

/** As many columns as the drawing has room for. */
const MAX_COLUMNS = 500;
const STEP_LABELS = 6;

/** The curves of a direction of the last layer; `carried` is undefined while they are fetched. */
export interface ShownErrors {
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

/** The direction and the row of the first divergence, in the last layer: a reference has steps of no other. */
function placeOf({ config, firstDivergence }: RunView): ErrorPlace {
  const first = firstDivergence?.first;
  return {
    layer: (config?.numLayers ?? 1) - 1,
    direction: first?.direction ?? "forward",
    batch: first?.batch ?? firstDivergence?.firstElement?.batch ?? 0,
  };
}

/** Of h, whatever state is on screen: of c a reference has no steps. */
export function fetchErrors(store: Store, run: RunView): ShownErrors | null {
  const place = placeOf(run);
  const { layer, direction, batch } = place;
  const lane = run.lanes.find((each) => each.id === `layer${layer}.${direction}`);
  if (lane?.reference !== "full") return null;
  const maxColumns = Math.min(run.seqLength, MAX_COLUMNS);
  const residuals = store.residuals({ direction, batch, maxColumns });
  if (residuals === undefined) return { place, carried: undefined, made: null, floor: null };
  if (residuals.curve !== null) return { place, ...residuals.curve };
  const timeline = store.timeline({ lane: lane.id, batch, maxColumns }, "h");
  return { place, carried: timeline?.maxDelta, made: null, floor: null };
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
  const { place, carried, made, floor } = errors;
  const [finding] = answer.findings;
  const after = finding === undefined || view.under.length > 0 ? null : Number(finding.after);
  const where =
    view.batchSize > 1 ? t("{0}, batch {1}", layerText(place), place.batch) : layerText(place);
  return html`<section class="why-error" aria-labelledby="why-error">
    ${title}
    <p class="dim">${where}</p>
    ${
      carried === undefined
        ? html`<p class="dim">${t("computing…")}</p>`
        : drawing(
            view,
            errorChart({ carried, made, floor, tolerance: Number(answer.tolerance) }),
            after,
          )
    }
    ${carried === undefined ? nothing : legend({ carried, made, after })}
  </section>`;
}

/** `after` is the largest error under the finding; null without one, and where the run is shown under it. */
function drawing({ seqLength }: RunView, chart: ErrorChart, after: number | null): TemplateResult {
  const { scale } = chart;
  const point = seqLength === 1 ? " error-point" : "";
  const heightOf = (value: number): number => ERROR_HEIGHT * (1 - placeOn(scale, value));
  const height = (power: number): number => heightOf(10 ** power);
  return html`<div class="error-plot">
    <div class="error-powers" aria-hidden="true">
      ${scale.ticks.map(
        (power) => html`<span .style=${`top:${height(power)}%`}>${powerText(power)}</span>`,
      )}
    </div>
    <svg
      class="error-curves"
      role="img"
      aria-label=${t("The error at each step, on a logarithmic scale")}
      viewBox="0 0 ${ERROR_WIDTH} ${ERROR_HEIGHT}"
      preserveAspectRatio="none"
    >
      ${svg`<path class="error-band" d=${chart.band}></path>`}
      ${scale.ticks.map(
        (power) =>
          svg`<line class="error-grid" x1="0" x2=${ERROR_WIDTH} y1=${height(power)} y2=${height(power)}></line>`,
      )}
      ${
        after === null
          ? nothing
          : svg`<line class="error-after" x1="0" x2=${ERROR_WIDTH} y1=${heightOf(after)} y2=${heightOf(after)}></line>`
      }
      ${svg`<path class=${`error-carried${point}`} d=${chart.carried}></path>`}
      ${chart.made === null ? nothing : svg`<path class=${`error-made${point}`} d=${chart.made}></path>`}
    </svg>
    <div class="error-steps" aria-hidden="true">
      ${stepTicks(seqLength, STEP_LABELS).map(
        ({ step, at }) => html`<span .style=${`left:${100 * at}%`}>${step}</span>`,
      )}
      <span class="error-axis">t</span>
    </div>
  </div>`;
}

/** Each curve by its line, with its largest value. */
function legend({
  carried,
  made,
  after,
}: Pick<ShownErrors, "made"> & {
  readonly carried: Float32Array;
  readonly after: number | null;
}): TemplateResult {
  return html`<ul class="error-legend">
    <li class="carried">
      <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,4H23"></path></svg>
      ${t("carried: |ours − reference|, up to {0}", largestText(carried))}
    </li>
    ${
      made === null
        ? nothing
        : html`<li class="made">
            <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,4H23"></path></svg>
            ${t("made here: the reference’s own step, up to {0}", largestText(made))}
          </li>`
    }
    ${
      after === null
        ? nothing
        : html`<li class="after">
            <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,4H23"></path></svg>
            ${t("under the finding: up to {0}", significant(after, 2))}
          </li>`
    }
    <li class="band">
      <svg viewBox="0 0 24 8" aria-hidden="true"><path d="M1,0H23V8H1Z"></path></svg>
      ${t("rounding")}
    </li>
  </ul>`;
}

function largestText(values: Float32Array): string {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0
    ? "NaN"
    : significant(
        known.reduce((a, b) => Math.max(a, b)),
        2,
      );
}
