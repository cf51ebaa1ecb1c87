/**
 * What stands out in a span of time that the units are ordered by: which units of the cursor's lane are more active in
 * it, and where else they are.
 */
import { html, nothing, type TemplateResult } from "lit";
import { rounded } from "../../../src/core/numeric";
import type { UnitOrder } from "../../../src/protocol/run/windowMessages";
import { t } from "../../shared/l10n";
import { showSteps } from "../store/actions";
import { laneIdOf } from "../../../src/drawing/run/places";
import { layerText } from "../store/placeText";
import { RunElement } from "../store/runElement";
import type { Store } from "../store/store";

/** Room around a span that is gone to, as a share of it. */
const AROUND = 0.5;

/** Holds what was found in the span that was shown last; undefined while it is sought. */
export class SpanView extends RunElement {
  #found: UnitOrder | undefined;

  protected override fetch(store: Store): void {
    const { cursor, stateName, unitSort: order } = store.state;
    if (order?.by !== "span") return;
    const lane = laneIdOf(cursor);
    this.#found = store.unitOrder({ lane, stateName, batch: cursor.batch, order });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const order = store?.state.unitSort;
    if (store === undefined || order?.by !== "span") return nothing;
    const [from, to] = order.steps;
    const where = t("{0}, t {1} … {2}", layerText(store.state.cursor), from, to - 1);
    const found = this.#found;
    if (found === undefined) return html`<p class="dim">${where} …</p>`;
    if (found.active.length === 0) {
      return html`<p class="dim">
        ${t("{0}: no unit is more active there than elsewhere.", where)}
      </p>`;
    }
    return html`<p>
      ${t("{0}: more active there than elsewhere are the units", where)}
      ${found.active.map(
        (unit) =>
          html`<button
            type="button"
            class="link"
            @click=${() => {
              store.visit({ unit });
            }}
          >
            ${unit}
          </button> `,
      )}
      ${otherSpans(store, found)}
    </p>`;
  }
}

function otherSpans(store: Store, { spans }: UnitOrder): TemplateResult {
  if (spans.length === 0) return html`<br />${t("They are nowhere else as active together.")}`;
  return html`<br />${t("They are as active together at")}
    ${spans.map(
      ([from, to]) =>
        html`<button
          type="button"
          class="link"
          @click=${() => {
            const room = rounded(AROUND * (to - from), 6);
            showSteps(store, from - room, to + room);
          }}
        >
          ${to - from === 1 ? t("t {0}", from) : t("t {0} … {1}", from, to - 1)}
        </button> `,
    )}`;
}

customElements.define("unroll-span", SpanView);
