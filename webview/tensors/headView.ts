/**
 * The head of a tensor: the constructor of its module, name, shape, dtype, size, origin.
 */
import { grouped } from "../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type {
  ArchiveSummary,
  ModuleSummary,
  TensorInfo,
  TensorStatistics,
} from "../../src/protocol/archive/messages";
import type { MapGuess } from "../../src/protocol/archive/assignMessages";
import { settingName, withRemedies } from "../../src/core/remedies";
import { cut, legible, visible } from "../../src/core/text";
import { t, tr } from "../shared/l10n";
import { StoreElement } from "../shared/store/storeElement";
import { choiceList } from "../shared/choiceList";
import { showBlock } from "./store/actions";
import { blocksOnScreen } from "./store/onScreen";
import { blockAt, chosenLayout } from "../../src/drawing/tensors/gateBlocks";
import {
  formatBytes,
  formatNamedShape,
  formatStatistic,
  isComplex,
} from "../../src/drawing/tensors/quantities";
import type { TensorStore } from "./store/store";
import { moduleOf } from "./store/moduleOf";
import { originText } from "./store/originText";

/** More sentences than this are folded. */
const MAX_OPEN_NOTES = 3;
/** The lines of the heading have room for so much; the end of a name tells which tensor it is. */
const LONGEST_HEADING = 90;

/** Layers around a module and the module, in the order they run. */
function layersLine({ embedding, constructorLine, linear }: ModuleSummary): TemplateResult {
  const parts = [embedding, constructorLine, linear].filter((part) => part !== null);
  return html`<span class="layers-line" title=${parts.join(" → ")}
    >${parts.map(
      (part, index) =>
        html`<span class=${part === constructorLine ? "" : "layer-around"}
          >${index === 0 ? nothing : html`<i class="dim" aria-hidden="true">→</i>`}<code
            >${part}</code
          ></span
        >`,
    )}</span
  >`;
}

/** From the least value to the largest, where every one was looked at. */
function rangeText({ dtype }: TensorInfo, statistics: TensorStatistics): string | null {
  const { kind, moments, exactRange } = statistics;
  const [min = NaN, max = NaN] = moments;
  if (kind !== "exact" || isComplex(dtype) || !Number.isFinite(min)) return null;
  const [least, largest] = exactRange ?? [min, max].map((value) => formatStatistic(value, dtype));
  return `${least} … ${largest}`;
}

export class HeadView extends StoreElement<TensorStore> {
  /** A map that was made before and fits this file, in which nothing was recognised. */
  #recalled: MapGuess | undefined;
  #range: string | null = null;

  protected override fetch(store: TensorStore): void {
    this.#recalled = store.recalled()?.guesses.find(({ isKnown }) => isKnown);
    const { info } = store.state;
    const statistics = store.statistics();
    this.#range = info === null || !statistics ? null : rangeText(info, statistics);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    const { info, summary } = store.state;
    if (info === null || summary === null) return nothing;
    const module = moduleOf(summary, info.name);
    return html`
      ${module === undefined ? this.#unrecognised(store, summary) : this.#module(module)}
      ${this.#notes(summary)} ${this.#tensor(info)} ${this.#blocks(store, info)}
    `;
  }

  #module(module: ModuleSummary): TemplateResult {
    const { framework, unknown, departures, remarks } = module;
    return html`<div class="module-line">
      ${framework === "PyTorch" ? nothing : html`<span class="framework">${framework}</span>`}
      ${layersLine(module)}
      ${
        unknown.length === 0
          ? nothing
          : html`<span class="dim">${t("the file does not tell: {0}", unknown.join(", "))}</span>`
      }
      ${remarks.map((sentence) => html`<span class="dim">${tr(sentence)}</span>`)}
      ${departures.map((sentence) => html`<span class="departure">≠ ${tr(sentence)}</span>`)}
    </div>`;
  }

  /** Where nothing is recognised there is a way on. */
  #unrecognised(
    store: TensorStore,
    { lookAlike }: ArchiveSummary,
  ): TemplateResult | typeof nothing {
    if (lookAlike === null) return nothing;
    const known = this.#recalled;
    const look = withRemedies(lookAlike.text, lookAlike.remedies, settingName);
    return html`<p class="module-line unrecognised">
      ${
        known === undefined
          ? html`<span>${t("No recurrent module was recognised: {0}", tr(look))}</span>`
          : html`<code>${known.constructorLine}</code> <span>${tr(known.reason)}</span>
              <button
                type="button"
                class="link"
                @click=${() => {
                  store.send("assign/run", { map: known.map });
                }}
              >
                ${t("Run forward…")}
              </button>`
      }
      <button
        type="button"
        class="link"
        @click=${() => {
          void store.assign.open([]);
        }}
      >
        ${t("Use as recurrent module…")}
      </button>
    </p>`;
  }

  #notes({ notes }: ArchiveSummary): TemplateResult | typeof nothing {
    if (notes.length === 0) return nothing;
    // Notes about the file are shown at once; only a long list is folded.
    return html`<details class="notes" ?open=${notes.length <= MAX_OPEN_NOTES}>
      <summary>${t("Notes ({0})", notes.length)}</summary>
      <ul>
        ${notes.map((note) => html`<li>${tr(note)}</li>`)}
      </ul>
    </details>`;
  }

  #tensor({ name, shape, axes, dtype, bytes, parameters, origin }: TensorInfo): TemplateResult {
    return html`<div class="tensor-line">
      <h2 class="tensor-name" title=${legible(name)}>
        ${name === "" ? t("(no name)") : cut(visible(name), LONGEST_HEADING)}
      </h2>
      <span class="tensor-shape">${formatNamedShape(shape, axes)}</span>
      <span class="tensor-facts">
        <span class="dtype">${dtype}</span>
        <span>${formatBytes(bytes)}</span>
        <span>${parameters === 1 ? t("1 element") : t("{0} elements", grouped(parameters))}</span>
        ${this.#range === null ? nothing : html`<span title=${t("min – max")}>${this.#range}</span>`}
      </span>
      ${
        origin === null
          ? nothing
          : html`<span class="origin" title=${origin.from.map(legible).join(", ")}
              >${originText(origin)}</span
            >`
      }
    </div>`;
  }

  #blocks(store: TensorStore, { layouts }: TensorInfo): TemplateResult | typeof nothing {
    const layout = chosenLayout(layouts, store.state.layout);
    if (layout === undefined) return nothing;
    const shown = blocksOnScreen(store);
    const { row, column } = store.state.cursor;
    const here = blockAt(shown, row, column);
    return html`<div class="blocks">
      ${choiceList({
        label: t("gate layout"),
        named: true,
        value: layout.name,
        options: layouts.map(({ name }) => [name, name] as const),
        change: (name) => {
          store.update({ layout: name });
        },
      })}
      <span class="chips" role="group" aria-label=${t("Gate blocks")}
        >${layout.blocks.map(
          (block) =>
            html`<button
              type="button"
              class="chip-button"
              aria-pressed=${block === here ? "true" : "false"}
              title=${t("{0}: {1} … {2}", block.name, block.start, block.end - 1)}
              ?disabled=${shown === null}
              @click=${() => {
                showBlock(store, block);
              }}
            >
              ${block.name}
            </button>`,
        )}</span
      >
    </div>`;
  }
}

customElements.define("unroll-tensor-head", HeadView);
