/**
 * The toolbar: the files of the run and its options.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { Pickable, RunView } from "../../../src/protocol/run/messages";
import { legible } from "../../../src/core/text";
import { valueOf } from "../../shared/controls";
import { helpButton } from "../../shared/helpView";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { choiceList } from "../../shared/choiceList";
import { headChoice } from "./headChoice";
import { icon } from "../../shared/icons";
import { runOptions } from "./runOptions";

/** More rows than this are chosen by number. */
const MAX_LISTED_BATCHES = 64;

/** Holds the name that the run was saved under last. Ends with its element. */
export class ToolbarView extends RunElement {
  static override properties: PropertyDeclarations = { savedAs: { state: true } };

  declare savedAs: string;

  constructor() {
    super();
    this.savedAs = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { view, progress } = store.state;
    return html`<div class="toolbar" role="toolbar" aria-label=${t("Run and view")}>
      <vscode-button
        ?disabled=${view === null || progress !== null}
        @click=${() => {
          store.send("run/again", null);
        }}
        >${icon("run")} ${t("Run")}</vscode-button
      >
      ${view === null ? nothing : [this.#files(store, view), this.#options(store, view)]}
      ${view === null ? nothing : html`<span class="actions">${this.#actions(store)}</span>`}
    </div>`;
  }

  #files(store: Store, { labels, module, modules, config }: RunView): TemplateResult {
    const pick = (
      what: Pickable,
      label: string,
      file: string | null,
      none = t("none"),
    ): TemplateResult =>
      html`<vscode-button
        class="pick"
        appearance="secondary"
        title=${file === null ? t("Choose another file") : `${legible(file)} · ${t("Choose another file")}`}
        @click=${() => {
          store.send("run/pick", { what });
        }}
        ><span class="pick-kind">${label}</span>
        <span class="pick-file">${file === null ? none : legible(file)}</span>
        ${icon("down")}</vscode-button
      >`;
    const prefix = module === null || module === "" ? "" : ` · ${module}`;
    return html`
      ${pick("weights", t("weights"), labels.weights + (modules.length > 1 ? "" : prefix))}
      ${modules.length > 1 ? this.#moduleList(store, modules, module) : nothing}
      ${pick("input", t("input"), labels.input)} ${pick("h0", t("h0"), labels.h0, t("zeros"))}
      ${config?.cell === "LSTM" ? pick("c0", t("c0"), labels.c0, t("zeros")) : nothing}
      ${pick("reference", t("reference"), labels.reference)}
    `;
  }

  #moduleList(store: Store, modules: readonly string[], module: string | null): TemplateResult {
    return choiceList({
      label: t("module"),
      named: true,
      value: module ?? "",
      options: modules.map(
        (name) => [name, name === "" ? t("(whole file)") : legible(name)] as const,
      ),
      change: (name) => {
        store.send("run/change", { module: name });
      },
    });
  }

  #options(store: Store, view: RunView): TemplateResult {
    return html`${this.#batch(store, view)} ${runOptions(store, view)} ${headChoice(store, view)}`;
  }

  #batch(store: Store, { batchSize, unbatched }: RunView): TemplateResult | typeof nothing {
    const { batch } = store.state.cursor;
    if (unbatched || batchSize < 2) return nothing;
    if (batchSize > MAX_LISTED_BATCHES) {
      return html`<label class="field"
        ><span>${t("batch")}</span>
        <vscode-text-field
          class="number-field"
          aria-label=${t("batch row, 0 to {0}", batchSize - 1)}
          .value=${String(batch)}
          @change=${(event: Event) => {
            const row = Number(valueOf(event));
            if (Number.isInteger(row)) store.moveTo({ batch: row });
          }}
        ></vscode-text-field>
        <span>/ ${batchSize}</span></label
      >`;
    }
    return choiceList({
      label: t("batch"),
      named: true,
      value: String(batch),
      options: Array.from({ length: batchSize }, (_, row) => [
        String(row),
        `${row} / ${batchSize}`,
      ]),
      change: (row) => {
        store.moveTo({ batch: Number(row) });
      },
    });
  }

  #actions(store: Store): TemplateResult {
    return html`<span class="field">
        <vscode-button
          appearance="secondary"
          @click=${() => {
            void this.#save(store);
          }}
          >${t("Save Run")}</vscode-button
        >
        ${helpButton(store)}
      </span>
      <span class="visually-hidden" role="status">${this.savedAs}</span> `;
  }

  async #save(store: Store): Promise<void> {
    try {
      const name = await store.client.request("run/save", null);
      if (name !== null) this.savedAs = t("saved as {0}", name);
    } catch (error) {
      store.report(error);
    }
  }
}

customElements.define("unroll-toolbar", ToolbarView);
