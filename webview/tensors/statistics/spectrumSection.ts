/**
 * The spectrum of a recurrent weight, one gate block at a time: eigenvalues and singular values.
 */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { BlockSpectrum, Spectrum } from "../../../src/protocol/archive/messages";
import type { Text } from "../../../src/core/text";
import { t, tr } from "../../shared/l10n";
import {
  conditionNumber,
  eigenPlane,
  singularPath,
} from "../../../src/drawing/tensors/spectrumPlot";
import { formatShort } from "../../../src/drawing/tensors/quantities";

const PLANE = 132;
const CURVE = { width: 132, height: 132 } as const;

function plane({ eigenvalues, name }: BlockSpectrum): TemplateResult | typeof nothing {
  if (eigenvalues.length === 0) return nothing;
  const { points, unit } = eigenPlane(eigenvalues, PLANE);
  const middle = PLANE / 2;
  const outside = points.filter(({ isOutside }) => isOutside).length;
  const label =
    outside === 0
      ? t("Eigenvalues of {0}: all within the unit circle", name)
      : t("Eigenvalues of {0}: {1} outside of the unit circle", name, outside);
  return html`<figure>
    <svg class="plane" viewBox="0 0 ${PLANE} ${PLANE}" role="img" aria-label=${label}>
      ${svg`<line class="axis" x1="0" y1=${middle} x2=${PLANE} y2=${middle}></line>
        <line class="axis" x1=${middle} y1="0" x2=${middle} y2=${PLANE}></line>
        <circle class="unit" cx=${middle} cy=${middle} r=${unit}></circle>
        ${points.map(
          ({ x, y, isOutside }) =>
            svg`<circle class=${isOutside ? "eigenvalue outside" : "eigenvalue"} cx=${x} cy=${y} r="2"></circle>`,
        )}`}
    </svg>
    <figcaption>${t("eigenvalues, unit circle")}</figcaption>
  </figure>`;
}

function curve({ singularValues, name }: BlockSpectrum): TemplateResult | typeof nothing {
  if (singularValues.length === 0) return nothing;
  const [largest, smallest] = [singularValues[0] ?? 0, singularValues.at(-1) ?? 0];
  const label = t(
    "Singular values of {0}: from {1} to {2}",
    name,
    formatShort(largest),
    formatShort(smallest),
  );
  return html`<figure>
    <svg
      class="singular"
      viewBox="0 0 ${CURVE.width} ${CURVE.height}"
      role="img"
      aria-label=${label}
    >
      ${svg`<path d=${singularPath(singularValues, CURVE)}></path>`}
      ${svg`<text x="4" y="14">σ₁ ${formatShort(largest)}</text>`}
      ${svg`<text x=${CURVE.width - 4} y=${CURVE.height - 8} text-anchor="end">${formatShort(smallest)}</text>`}
    </svg>
    <figcaption>${t("singular values, log")}</figcaption>
  </figure>`;
}

export interface SpectrumRequest {
  /** undefined while it is computed. */
  readonly spectrum: Spectrum | { readonly problem: Text } | undefined;
  /** Index of the block that is shown; the first where there is none. */
  readonly chosen: number;
  readonly choose: (index: number) => void;
  /** Names of the blocks under the layout that is chosen; empty to take the spectrum's own. */
  readonly names: readonly string[];
}

function tabs(
  blocks: readonly BlockSpectrum[],
  shown: BlockSpectrum,
  choose: (index: number) => void,
): TemplateResult {
  return html`<div class="segments" role="group" aria-label=${t("Gate block of the spectrum")}>
    ${blocks.map(
      (block, index) =>
        html`<button
          type="button"
          class="segment"
          aria-pressed=${block === shown ? "true" : "false"}
          @click=${() => {
            choose(index);
          }}
        >
          ${block.name}
        </button>`,
    )}
  </div>`;
}

function absence(spectrum: Spectrum | { readonly problem: Text }): string {
  return "problem" in spectrum ? tr(spectrum.problem) : t("not computed for this size");
}

export function spectrumSection(request: SpectrumRequest): TemplateResult {
  const { spectrum, chosen, choose, names } = request;
  const found = spectrum !== undefined && "blocks" in spectrum ? spectrum.blocks : [];
  const blocks =
    names.length === found.length
      ? found.map((block, index) => ({ ...block, name: names[index] ?? block.name }))
      : found;
  const shown = blocks[chosen] ?? blocks[0];
  const condition = shown === undefined ? NaN : conditionNumber(shown.singularValues);
  return html`<section aria-labelledby="spectrum-title">
    <h3 id="spectrum-title">${t("Spectrum")}</h3>
    ${
      shown === undefined
        ? html`<p class="dim">${spectrum === undefined ? t("computing…") : absence(spectrum)}</p>`
        : html`${blocks.length > 1 ? tabs(blocks, shown, choose) : nothing}
            <dl class="facts wide-facts">
              <div>
                <dt>${t("spectral radius")}</dt>
                <dd>${formatShort(shown.spectralRadius)}</dd>
              </div>
              ${
                shown.singularValues.length === 0
                  ? nothing
                  : html`<div>
                      <dt>${t("condition number")}</dt>
                      <dd>${Number.isFinite(condition) ? formatShort(condition) : "∞"}</dd>
                    </div>`
              }
            </dl>
            <p>${tr(shown.sentence)}</p>
            <div class="figures">${plane(shown)} ${curve(shown)}</div>`
    }
  </section>`;
}
