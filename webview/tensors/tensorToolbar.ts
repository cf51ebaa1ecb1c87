/**
 * The toolbar of the tensor editor: the file, and actions on what is shown.
 */
import { grouped } from "../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { ArchiveSummary, ShownArchive } from "../../src/protocol/archive/messages";
import { legible } from "../../src/core/text";
import { helpButton } from "../shared/helpView";
import { t, tr } from "../shared/l10n";
import { progressBar } from "../shared/pageElement";
import type { Progress } from "../../src/core/control";
import { StoreElement } from "../shared/store/storeElement";
import { icon } from "../shared/icons";
import {
  cancelWork,
  copyElement,
  copyIndex,
  copySlice,
  copyValue,
  copyValues,
} from "./store/actions";
import { EXPORT_FORMATS, exportPicture, exportTensor, runForward } from "./store/exports";
import { formatNames } from "../../src/formats/base/names";
import { formatBytes, formatRoughCount } from "../../src/drawing/tensors/quantities";
import type { TensorStore } from "./store/store";
import { HeatmapView } from "./heatmap/heatmapView";
import "../shared/menuButton";
import type { MenuItem } from "../shared/menuButton";
import { moduleOf } from "./store/moduleOf";
import { isTreeOn } from "./store/treeShown";

/** How many numbers a file holds: those of an input or a reference are no parameters. */
function valuesText(
  { parameters, modules }: ShownArchive,
  format: (count: number) => string,
): string {
  if (modules.length === 0) {
    return parameters === 1 ? t("1 element") : t("{0} elements", format(parameters));
  }
  return parameters === 1 ? t("1 parameter") : t("{0} parameters", format(parameters));
}

/** Format, tensors, values and size. */
function factsOf(summary: ShownArchive): string[] {
  const { format, fileBytes, entryCount } = summary;
  return [
    formatNames[format],
    entryCount === 1 ? t("1 tensor") : t("{0} tensors", grouped(entryCount)),
    valuesText(summary, formatRoughCount),
    formatBytes(fileBytes),
  ];
}

export class TensorToolbar extends StoreElement<TensorStore> {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { summary, info, progress, isCounting } = store.state;
    const isTreeShown = isTreeOn(store.state);
    const shown = isCounting ? null : progress;
    const toggle = isTreeShown ? t("Hide the list of tensors") : t("Show the list of tensors");
    return html`<div class="toolbar" role="toolbar" aria-label=${t("File")}>
      <button
        type="button"
        class="icon-button"
        aria-label=${toggle}
        aria-pressed=${isTreeShown ? "true" : "false"}
        title=${`${toggle} (D)`}
        @click=${() => {
          store.update({ isTreeShown: !isTreeShown });
        }}
      >
        ${icon("sidebar")}
      </button>
      <span class="file">
        ${
          summary === null
            ? nothing
            : html`<span
                class="file-name"
                title=${[legible(summary.file), ...factsOf(summary)].join(" · ")}
                >${legible(summary.file)}</span
              >`
        }
        ${
          shown !== null
            ? this.#progress(store, shown)
            : summary === null
              ? nothing
              : this.#facts(summary)
        }
      </span>
      <span class="actions">
        ${summary === null ? nothing : this.#run(store, summary)}
        ${
          info === null
            ? nothing
            : html`<unroll-menu .label=${t("Copy")} .items=${this.#copies(store)}></unroll-menu>
                <unroll-menu .label=${t("Export")} .items=${this.#exports(store)}></unroll-menu>`
        }
        ${helpButton(store)}
      </span>
    </div>`;
  }

  /** In place of the facts, so that nothing moves when work begins and ends. */
  #progress(store: TensorStore, progress: Progress): TemplateResult {
    const cancel = (): void => {
      cancelWork(store);
    };
    return html`<span class="file-progress" role="status">${progressBar(progress, cancel)}</span>`;
  }

  #facts(summary: ShownArchive): TemplateResult {
    const { version } = summary;
    return html`<span class="file-facts" title=${valuesText(summary, grouped)}
      >${version === null ? nothing : html`<strong class="file-version">${tr(version)}</strong> · `}${factsOf(summary).join(" · ")}</span
    >`;
  }

  #run(store: TensorStore, summary: ArchiveSummary): TemplateResult | typeof nothing {
    const assign = (): void => {
      void store.assign.open([]);
    };
    if (summary.lookAlike !== null) {
      return html`<vscode-button
        aria-label=${t("Use as recurrent module…")}
        title=${t("Use as recurrent module…")}
        @click=${assign}
        >${icon("assign")}
        <span class="button-text">${t("Use as recurrent module…")}</span></vscode-button
      >`;
    }
    if (summary.modules.length === 0) return nothing;
    const module = moduleOf(summary, store.state.info?.name) ?? summary.modules[0];
    return html`<vscode-button
        aria-label=${t("Run forward with this…")}
        title=${t("Choose an input and run {0}", module?.constructorLine ?? "")}
        @click=${() => {
          runForward(store, module?.prefix ?? null);
        }}
        >${icon("run")}
        <span class="button-text">${t("Run forward with this…")}</span></vscode-button
      ><vscode-button
        appearance="secondary"
        aria-label=${t("Use as recurrent module…")}
        title=${t("Use as recurrent module…")}
        @click=${assign}
        >${icon("assign")}</vscode-button
      >`;
  }

  #copies(store: TensorStore): MenuItem[] {
    const item = (label: string, key: string, run: () => Promise<void>): MenuItem => ({
      kind: "item",
      label,
      key,
      run: () => void run(),
    });
    return [
      item(t("Value"), "C", () => copyValue(store)),
      item(t("Index"), "I", () => copyIndex(store)),
      item(t("Element in Python"), "E", () => copyElement(store)),
      item(t("Slice in Python"), "P", () => copySlice(store)),
      item(t("Values on screen, as TSV"), "V", () => copyValues(store)),
    ];
  }

  #exports(store: TensorStore): MenuItem[] {
    const numbers = (isSlice: boolean): MenuItem[] =>
      EXPORT_FORMATS.map(([format, label]) => ({
        kind: "item",
        label,
        run: () => void exportTensor(store, format, isSlice),
      }));
    const rank = store.state.info?.shape.length ?? 0;
    const heatmap = this.closest("unroll-tensors")?.querySelector("unroll-heatmap");
    const pictures: MenuItem[] = (["png", "svg"] as const).map((format) => ({
      kind: "item",
      label: format.toUpperCase(),
      run: () => {
        if (heatmap instanceof HeatmapView) void exportPicture(store, heatmap, format);
      },
    }));
    return [
      { kind: "heading", label: t("Tensor") },
      ...numbers(false),
      ...(rank > 2 ? [{ kind: "heading" as const, label: t("This slice") }, ...numbers(true)] : []),
      ...(heatmap instanceof HeatmapView
        ? [{ kind: "heading" as const, label: t("Picture") }, ...pictures]
        : []),
    ];
  }
}

customElements.define("unroll-tensor-toolbar", TensorToolbar);
