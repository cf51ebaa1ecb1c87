/**
 * The maps that fit, the likeliest first: a line each with its reason, and its error once a reference was tried.
 */
import { grouped } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { MapGuess, MapTrial, MapTrials } from "../../../src/protocol/archive/assignMessages";
import { cut, legible, visible } from "../../../src/core/text";
import { partsOf } from "../../../src/model/assign/map";
import {} from "../../../src/drawing/tensors/quantities";
import { progressBar } from "../../shared/pageElement";
import { t, tr } from "../../shared/l10n";
import { StoreElement } from "../../shared/store/storeElement";
import { cancelWork } from "../store/actions";
import { sameMap } from "../store/assigning";
import type { TensorStore } from "../store/store";

function isTrial(guess: MapGuess | MapTrial): guess is MapTrial {
  return "reproduces" in guess;
}

/** UTF-16 units that a line has room for. */
const LONGEST_NAME = 34;

/** What tells guesses of one constructor apart: the tensor that its first weight begins with. */
function firstTensor({ map }: MapGuess): string {
  const [first] = partsOf(map.slots["weight_ih_l0"]);
  return first === undefined ? "" : cut(visible(first.tensor), LONGEST_NAME);
}

/** Holds nothing of its own. */
export class GuessList extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { form, guesses, trials } = store.state.assign;
    const offered = store.assign.offered;
    return html`
      <h3 id="assign-guesses">${t("What it may be")}</h3>
      ${this.#trying(store)} ${trials === null ? nothing : this.#compared(store, trials)}
      ${
        guesses === null
          ? html`<p class="dim" aria-busy="true">…</p>`
          : offered.length === 0
            ? html`<p class="dim">
                ${t("Nothing fits by its shapes alone. Choose the kind, and a tensor for each slot.")}
              </p>`
            : html`<ol class="guesses" aria-labelledby="assign-guesses">
                ${offered.map((guess) => this.#line(store, guess, form !== null && sameMap(guess.map, form.now)))}
              </ol>`
      }
      ${
        trials === null && guesses !== null && guesses.leftOut > 0
          ? html`<p class="dim">
              ${t("{0} others would fit as well: a reference tells", grouped(guesses.leftOut))}
            </p>`
          : nothing
      }
    `;
  }

  #line(store: TensorStore, guess: MapGuess | MapTrial, isChosen: boolean): TemplateResult {
    const trial = isTrial(guess) ? guess : null;
    const mark = trial === null ? "" : trial.reproduces ? "reproduces" : "misses";
    return html`<li>
      <button
        type="button"
        class=${`guess ${mark}`}
        aria-pressed=${isChosen ? "true" : "false"}
        @click=${() => {
          store.assign.edit(guess.map);
        }}
      >
        <code>${guess.constructorLine}</code>
        <span class="guess-tensor">${firstTensor(guess)}</span>
        <span class="guess-reason">${tr(guess.reason)}</span>
        ${
          trial === null
            ? nothing
            : html`<span class="guess-trial"
                ><span aria-hidden="true">${trial.reproduces ? "✓" : "✗"}</span>
                ${tr(trial.sentence)}</span
              >`
        }
      </button>
    </li>`;
  }

  #trying(store: TensorStore): TemplateResult {
    const { progress, assign } = store.state;
    if (assign.isTrying && progress !== null) {
      return html`<p class="trying" role="status">
        ${progressBar(progress, () => {
          cancelWork(store);
        })}
      </p>`;
    }
    return html`<vscode-button
      appearance="secondary"
      class="try"
      ?disabled=${assign.isTrying || assign.form === null}
      title=${t("Choose an input and the output that belongs to it: what fits is run and compared")}
      @click=${() => void store.assign.tryAgainstReference()}
      >${t("Try with reference…")}</vscode-button
    >`;
  }

  #compared(store: TensorStore, { input, reference, notes }: MapTrials): TemplateResult {
    return html`<div class="compared">
      <p class="dim">
        ${t("Run with {0}, compared with {1}", legible(input), legible(reference))}
        <button
          type="button"
          class="link"
          @click=${() => {
            store.assign.forgetTrials();
          }}
        >
          ${t("Back to the guesses")}
        </button>
      </p>
      ${notes.map((note) => html`<p class="dim">${tr(note)}</p>`)}
    </div>`;
  }
}

customElements.define("unroll-guesses", GuessList);
