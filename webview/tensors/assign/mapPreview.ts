/**
 * What the map comes to: the line that constructs the module, its parameters and what they are made of, and what is
 * left over.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { CheckedMap, MappedParameter } from "../../../src/protocol/archive/assignMessages";
import { cut, legible, visible } from "../../../src/core/text";
import {} from "../../../src/drawing/tensors/quantities";
import { formatShape } from "../../../src/tensor/tensor";
import { t, tr } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import type { TensorStore } from "../store/store";

/** Parameters that are listed; the others are counted. */
const MOST_LISTED = 64;
const LONGEST_NAME = 60;

/** Holds nothing of its own. */
export class MapPreview extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const check = this.store?.state.assign.check ?? null;
    if (check === null) return nothing;
    const { constructorLine, remarks, fits } = check;
    return html`
      <h3>${t("As PyTorch would write it")}</h3>
      <p class="preview-line"><code>${constructorLine}</code></p>
      ${remarks.map((remark) => html`<p class="dim">${tr(remark)}</p>`)}
      ${
        fits
          ? this.#parameters(check)
          : html`<p class="dim">${t("Its parameters are listed as soon as every slot fits.")}</p>`
      }
      ${this.#unused(check)}
    `;
  }

  #parameters({ parameters, values }: CheckedMap): TemplateResult {
    const more = parameters.length - MOST_LISTED;
    return html`<h3>${t("{0} parameters, {1} values", parameters.length, grouped(values))}</h3>
      <dl class="mapped">${parameters.slice(0, MOST_LISTED).map(parameterLine)}</dl>
      ${more > 0 ? html`<p class="dim">${t("{0} more", grouped(more))}</p>` : nothing}`;
  }

  #unused({ unused, unusedCount }: CheckedMap): TemplateResult | typeof nothing {
    if (unusedCount === 0) return nothing;
    const more = unusedCount - unused.length;
    return html`<details class="unused">
      <summary>
        ${unusedCount === 1 ? t("1 tensor is not used") : t("{0} tensors are not used", grouped(unusedCount))}
      </summary>
      <ul>
        ${unused.map((name) => html`<li title=${legible(name)}>${cut(visible(name), LONGEST_NAME)}</li>`)}
      </ul>
      ${more > 0 ? html`<p class="dim">${t("{0} more", grouped(more))}</p>` : nothing}
    </details>`;
  }
}

function parameterLine({ name, shape, from, how }: MappedParameter): TemplateResult {
  const names = from.map(legible).join(", ");
  return html`<div>
    <dt>${name} <span class="dim">${formatShape(shape)}</span></dt>
    <dd title=${names}>
      ${
        from.length === 0
          ? tr(how)
          : html`<span class="mapped-from">${cut(visible(from.join(", ")), LONGEST_NAME)}</span>
              <span class="dim">${tr(how)}</span>`
      }
    </dd>
  </div>`;
}

customElements.define("unroll-map-preview", MapPreview);
