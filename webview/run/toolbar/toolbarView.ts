/**
 * The toolbar: the files of the run and its options.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { isSchemeName, SCHEME_NAMES } from "../../../src/drawing/base/colourScale";
import { legible } from "../../../src/core/text";
import { setValue, valueOf } from "../../shared/controls";
import { helpButton } from "../../shared/helpView";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { choiceList } from "../../shared/choiceList";
import { icon } from "../../shared/icons";
import "../../shared/optionsButton";
import type { Setting } from "../../shared/optionsButton";
import { shownView } from "../store/views";
import { headChoice } from "./headChoice";
import "../../shared/menuButton";
import { exportItems } from "./exportRun";
import { pickButton } from "./pickButton";
import { optionSettings, runOptions } from "./runOptions";

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
        class="run"
        aria-label=${t("Run")}
        ?disabled=${view === null || progress !== null}
        @click=${() => {
          store.send("run/again", null);
        }}
        >${icon("run")} <span class="button-text">${t("Run")}</span></vscode-button
      >
      ${view === null ? nothing : [this.#files(store, view), this.#settings(store, view)]}
      ${view === null ? nothing : html`<span class="actions">${this.#actions(store)}</span>`}
    </div>`;
  }

  /** What runs on what, and what it is compared with. */
  #files(store: Store, view: RunView): TemplateResult {
    return html`<span class="files">${this.#pickers(store, view)}</span>`;
  }

  #pickers(store: Store, { labels, module, modules }: RunView): TemplateResult {
    const prefix = module === null || module === "" ? "" : ` · ${module}`;
    const weights = labels.weights + (modules.length > 1 ? "" : prefix);
    return html`
      ${pickButton(store, { what: "weights", label: t("weights"), file: weights })}
      ${modules.length > 1 ? this.#moduleList(store, modules, module) : nothing}
      ${pickButton(store, { what: "input", label: t("input"), file: labels.input })}
      ${pickButton(store, { what: "reference", label: t("reference"), file: labels.reference })}
    `;
  }

  /** What is seldom changed, behind one button that says what it is set to. */
  #settings(store: Store, view: RunView): TemplateResult {
    return html`<span class="row-batch">${this.#batch(store, view)}</span>
      <unroll-options
        .label=${t("Options")}
        .settings=${runSettings(view)}
        .summary=${filesText(view)}
        .content=${() => this.#optionControls(store, view)}
      ></unroll-options>`;
  }

  #optionControls(store: Store, view: RunView): TemplateResult {
    const { labels, config } = view;
    const { choices } = shownView(store.state);
    return html`
      <span class="box-files">${this.#pickers(store, view)}</span>
      <span class="box-batch">${this.#batch(store, view)}</span>
      ${pickButton(store, { what: "h0", label: t("h0"), file: labels.h0, none: t("zeros") })}
      ${
        config?.cell === "LSTM"
          ? pickButton(store, { what: "c0", label: t("c0"), file: labels.c0, none: t("zeros") })
          : nothing
      }
      ${runOptions(store, view)} ${headChoice(store, view)}
      ${choices.some((choice) => choice === "colours") ? colourChoice(store) : nothing}
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
            const typed = valueOf(event).trim();
            if (/^\d+$/.test(typed)) store.moveTo({ batch: Number(typed) });
            // What was typed may be none of its rows.
            setValue(event, String(store.state.cursor.batch));
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
          class="save"
          appearance="secondary"
          aria-label=${t("Save Run")}
          title=${t("Save Run")}
          @click=${() => {
            void this.#save(store);
          }}
          >${icon("save")} <span class="button-text">${t("Save Run")}</span></vscode-button
        >
        ${
          (store.state.view?.lanes.length ?? 0) === 0
            ? nothing
            : html`<unroll-menu
                class="export"
                .label=${t("Export")}
                .items=${exportItems(store, (name) => {
                  this.savedAs = t("saved as {0}", name);
                })}
              ></unroll-menu>`
        }
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

/** The files of the run in a line, for a page that has no room for a button of each. */
function filesText({ labels: { weights, input, reference } }: RunView): string {
  return [weights, input, reference]
    .flatMap((file) => file ?? [])
    .map(legible)
    .join(" · ");
}

/** What the button of the options says: initial states that are given, then the options. */
function runSettings(view: RunView): Setting[] {
  const { h0, c0 } = view.labels;
  const states = [
    ...(h0 === null ? [] : [t("h0 {0}", legible(h0))]),
    ...(c0 === null ? [] : [t("c0 {0}", legible(c0))]),
  ];
  return [...states.map((text) => ({ text, isAssumed: false })), ...optionSettings(view)];
}

function colourChoice(store: Store): TemplateResult {
  return choiceList({
    label: t("Colours"),
    named: true,
    value: store.state.colourScheme,
    options: SCHEME_NAMES.map((name) => [name, name] as const),
    change: (name) => {
      if (isSchemeName(name)) store.update({ colourScheme: name });
    },
  });
}

customElements.define("unroll-toolbar", ToolbarView);
