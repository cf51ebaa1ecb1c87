/**
 * The side of the panel: the arithmetic of the unit under the cursor, term by term, down to where each operand
 * comes from.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { RunView, UnitExplanation } from "../../src/protocol/messages";
import { t, tr } from "../l10n";
import { significant } from "../render/exactNumber";
import { unitAsPython } from "../render/unitPython";
import type { Term, TermSource } from "../render/unitTerms";
import { cursorLane, type Store, type ViewState } from "../store";
import { StoreElement } from "../storeElement";
import "./copyButton";
import { layerText } from "./placeText";
import { sourceSection } from "./sourceSection";
import { termList } from "./termList";
import { referenceRows, unitFormula } from "./unitFormula";

export class InspectorView extends StoreElement {
  static override properties: PropertyDeclarations = {
    termRows: { state: true },
    followed: { state: true },
  };

  declare termRows: number;
  /** An operand that no lane of the cursor holds: a value of the input or of h0. */
  declare followed: TermSource | null;
  #cursorKey = "";
  #last: UnitExplanation | undefined;

  constructor() {
    super();
    this.termRows = 0;
    this.followed = null;
  }

  protected override willUpdate(): void {
    const state = this.store?.state;
    const key = JSON.stringify([state?.cursor, state?.view?.revision]);
    if (key !== this.#cursorKey) this.followed = null;
    this.#cursorKey = key;
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    if (cursorLane(store.state) === undefined) {
      return html`<p class="dim">
        ${t("Nothing was computed, so there is no unit to look into.")}
      </p>`;
    }
    const { cursor } = store.state;
    return html`
      <h2>
        ${layerText(cursor)} · t = ${cursor.step} · ${t("batch {0}", cursor.batch)} ·
        ${t("unit {0}", cursor.unit)}
      </h2>
      ${
        this.followed === null
          ? this.#unit(store, store.state, view)
          : sourceSection(store, this.followed, () => {
              this.followed = null;
            })
      }
    `;
  }

  /** The last explanation stays, dimmed, while the next one is fetched: no flicker under the arrow keys. */
  #unit(store: Store, { cursor }: ViewState, view: RunView): TemplateResult {
    const arrived = store.explain(cursor);
    this.#last = arrived ?? this.#last;
    if (this.#last === undefined) return html`<p class="dim">${t("Computing…")}</p>`;
    return html`
      <div class=${arrived === undefined ? "stale" : ""} aria-busy=${arrived === undefined}>
        ${this.#explanation(store, view, this.#last)}
      </div>
    `;
  }

  #explanation(store: Store, view: RunView, explanation: UnitExplanation): TemplateResult {
    if (!explanation.valid) return this.#padding(view, explanation);
    const units = cursorLane(store.state)?.units ?? 0;
    const below = { hiddenSize: units, bidirectional: view.config?.bidirectional ?? false };
    return html`
      ${unitFormula(explanation, view.options.precision)} ${this.#origin(explanation)}
      ${referenceRows(explanation, view.tolerance.equalNan)}
      <unroll-copy
        .store=${store}
        .label=${t("copy as Python")}
        .read=${() => unitAsPython(explanation)}
      ></unroll-copy>
      <h3>${t("Largest contributions")}</h3>
      ${termList(explanation, {
        below,
        rows: this.termRows,
        actions: {
          follow: (term) => {
            this.#follow(store, term);
          },
          showAll: (rows) => {
            this.termRows = rows;
          },
        },
      })}
      ${this.#step(explanation, units)} ${this.#shapes(explanation)}
    `;
  }

  #padding(view: RunView, { place }: UnitExplanation): TemplateResult {
    const length = view.lengths?.[place.batch] ?? view.seqLength;
    return html`<p>
      ${t(
        "t = {0} lies behind the end of this sequence (length {1}): nothing was computed here, and the output is 0.",
        place.step,
        length,
      )}
    </p>`;
  }

  #origin({ previousStep, givenH0 }: UnitExplanation): TemplateResult {
    if (previousStep !== null) {
      return html`<p class="dim origin">${t("previous state: t = {0}", previousStep)}</p>`;
    }
    const origin = givenH0
      ? t("first step of this direction: h0 as given")
      : t("first step of this direction: h0 is zeros");
    return html`<p class="dim origin">${origin}</p>`;
  }

  #follow(store: Store, { source }: Term): void {
    if (source.kind === "initial" || source.lane === "input") {
      this.followed = source;
      return;
    }
    const lane = store.state.view?.lanes.find(({ id }) => id === source.lane);
    if (lane?.layer == null || lane.direction === null) return;
    const { layer, direction } = lane;
    store.moveTo({ layer, direction, step: source.step, unit: source.unit });
  }

  #step({ stepNumbers, nonlinearity }: UnitExplanation, units: number): TemplateResult {
    const [norm = NaN, idle = 0] = stepNumbers;
    return html`
      <h3>${t("This step")}</h3>
      <p class="facts">
        <span>‖h‖₂ ${significant(norm, 4)}</span>
        ${
          nonlinearity === "tanh"
            ? html`<span title=${t("units with |h| > 0.99, where tanh passes almost no gradient")}
                >${t("saturated {0} / {1}", idle, units)}</span
              >`
            : html`<span title=${t("units at 0, where relu passes no gradient")}
                >${t("zero {0} / {1}", idle, units)}</span
              >`
        }
      </p>
    `;
  }

  #shapes({ shapes }: UnitExplanation): TemplateResult {
    return html`
      <h3>${t("Shapes")}</h3>
      <dl class="shapes">
        ${shapes.map(
          ({ name, axes, reason }) => html`
            <dt>${name}</dt>
            <dd>
              ${axes}
              ${reason === null ? nothing : html`<span class="reason">✓ ${tr(reason)}</span>`}
            </dd>
          `,
        )}
      </dl>
    `;
  }
}

customElements.define("unroll-inspector", InspectorView);
