/**
 * The inspector: the arithmetic of the unit under the cursor, or of a logit, down to the origin of each operand.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { t, tr } from "../../shared/l10n";
import type { TermSource } from "../../../src/drawing/run/unit/unitTerms";
import { cursorLane } from "../../../src/drawing/run/places";
import { takeBack } from "../store/actions";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { fetchLogit, logitTitle, type ShownLogit } from "../store/logit";
import { layerText } from "../store/placeText";
import { cellSection, fetchCell } from "./cellValues";
import { logitSection } from "./logitSection";
import type { TermActions } from "./termList";
import { fetchSource, sourceSection } from "./sourceSection";
import { unitSection } from "./unitSection";

/** Holds the unfolded terms and the latest explanation, which stays until the next one arrives. Ends with its element. */
export class InspectorView extends RunElement {
  static override properties: PropertyDeclarations = {
    termRows: { state: true },
    followed: { state: true },
    gate: { state: true },
  };

  declare termRows: number;
  /** An operand that the cursor cannot go to: a value of the input, or of an initial state. */
  declare followed: TermSource | null;
  /** Name of the gate whose sum is shown, kept from unit to unit. */
  declare gate: string;
  #cursorKey = "";
  #last: UnitExplanation | undefined;
  /** The logit that is looked into. */
  #logit: ShownLogit | null = null;
  /** What is known of a value that cannot be explained. */
  #cell: ReturnType<typeof fetchCell>;
  /** True while `#last` explains the previous unit. */
  #isStale = false;
  /** The value of the operand that is followed; undefined while it is fetched. */
  #sourceValue: number | undefined;

  constructor() {
    super();
    this.termRows = 0;
    this.followed = null;
    this.gate = "";
  }

  protected override willUpdate(): void {
    const state = this.store?.state;
    const key = JSON.stringify([state?.cursor, state?.stateName, state?.view?.revision]);
    if (key !== this.#cursorKey) this.followed = null;
    this.#cursorKey = key;
  }

  protected override fetch(store: Store): void {
    const { cursor, stateName } = store.state;
    this.#logit = fetchLogit(store);
    if (this.#logit !== null) return;
    if (cursorLane(store.state) === undefined) return;
    this.#cell = store.state.unexplained === null ? undefined : fetchCell(store);
    if (store.state.unexplained !== null) return;
    const arrived = store.explain({ ...cursor, stateName });
    this.#isStale = arrived === undefined;
    this.#last = arrived ?? this.#last;
    this.#sourceValue =
      this.followed === null ? undefined : fetchSource(store, this.followed, arrived);
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
    const { cursor, unexplained } = store.state;
    if (this.#logit !== null) {
      return html`<h2>${logitTitle(view, this.#logit)}</h2>
        ${logitSection(view, this.#logit, { rows: this.termRows, actions: this.#actions(store) })}`;
    }
    const title = html`<h2>
      ${layerText(cursor)} · t = ${cursor.step} · ${t("batch {0}", cursor.batch)} ·
      ${t("unit {0}", cursor.unit)}
    </h2>`;
    if (unexplained !== null) {
      return html`${title} ${this.#cell === undefined ? nothing : cellSection(this.#cell)}
        <p class="dim">
          ${
            view.under.length === 0
              ? tr(unexplained)
              : html`${t("How a step is made is not shown under a mistake.")}
                  <button
                    type="button"
                    class="link"
                    @click=${() => {
                      takeBack(store);
                    }}
                  >
                    ${t("Undo")}
                  </button>`
          }
        </p>`;
    }
    return html`
      ${title}
      ${
        this.followed === null
          ? this.#unit(store, view)
          : sourceSection(store.state, this.followed, {
              value: this.#sourceValue,
              back: () => {
                this.followed = null;
              },
            })
      }
    `;
  }

  /** The last explanation stays, dimmed, while the next one is fetched: no flicker under the arrow keys. */
  #unit(store: Store, view: RunView): TemplateResult {
    if (this.#last === undefined) return html`<p class="dim">${t("Computing…")}</p>`;
    return html`
      <div class=${this.#isStale ? "stale" : ""} aria-busy=${this.#isStale}>
        ${this.#explanation(store, view, this.#last)}
      </div>
    `;
  }

  #explanation(store: Store, view: RunView, explanation: UnitExplanation): TemplateResult {
    if (!explanation.valid) return padding(view, explanation);
    return unitSection(explanation, {
      store,
      view,
      gate: this.gate,
      rows: this.termRows,
      chooseGate: (gate) => {
        this.gate = gate;
      },
      goTo: (place, stateName) => {
        if (stateName !== undefined) store.show(stateName);
        store.jumpTo(place);
      },
      actions: this.#actions(store),
    });
  }

  #actions(store: Store): TermActions {
    return {
      follow: (source) => {
        this.#follow(store, source);
      },
      showAll: (rows) => {
        this.termRows = rows;
      },
    };
  }

  #follow(store: Store, source: TermSource): void {
    if (source.kind !== "lane" || source.lane === "input") {
      this.followed = source;
      return;
    }
    const lane = store.state.view?.lanes.find(({ id }) => id === source.lane);
    if (lane?.layer == null || lane.direction === null) return;
    const { layer, direction } = lane;
    store.show(source.stateName);
    store.jumpTo({ layer, direction, step: source.step, unit: source.unit });
  }
}

function padding(view: RunView, { place }: UnitExplanation): TemplateResult {
  const length = view.lengths?.[place.batch] ?? view.seqLength;
  return html`<p>
    ${t(
      "t = {0} lies behind the end of this sequence (length {1}): nothing was computed here, and the output is 0.",
      place.step,
      length,
    )}
  </p>`;
}

customElements.define("unroll-inspector", InspectorView);
