/**
 * The verdict bar: whether the result equals the reference, by how much it differs, and where first.
 */
import { grouped, percentOf } from "../../../src/core/numeric";
import { html, nothing, type TemplateResult } from "lit";
import type { Place, RunView, Verdict } from "../../../src/protocol/run/messages";
import type { FirstDivergence, VerdictView } from "../../../src/protocol/run/verdictMessages";
import type { LayerElement } from "../../../src/protocol/run/surroundingMessages";
import type { Text } from "../../../src/core/text";
import { reducedSentence, reducedTo } from "../../../src/protocol/run/reducedPrecision";
import { decodeNumber } from "../../../src/protocol/wire";
import { t, tr } from "../../shared/l10n";
import { significant } from "../../../src/drawing/base/exactNumber";
import { chaoticText } from "../../../src/drawing/run/verdict/chaosTexts";
import { hintsBeside } from "../../../src/drawing/run/verdict/hints";
import { mainVerdict } from "../../../src/drawing/run/verdict/mainVerdict";
import { findingsOf } from "../store/diagnosis";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { layerText, recurrentText } from "../store/placeText";
import { agreementTable, compareStatus, referenceMenu } from "./comparison";
import { answerLine, underChip, unseenLink } from "./answerLine";
import { valueLabel } from "./runOptions";
import { TightLine } from "./tightLine";

const ICONS: Readonly<Record<Verdict | "reduced", string>> = {
  equal: "✓",
  rounding: "≈",
  reduced: "≈",
  differs: "✗",
  "cannot-compare": "?",
};

function verdictText({ name, verdict, isWide }: VerdictView, reduced: Text | null): string {
  if (reduced !== null) return t("{0} reduced precision ({1})", name, reduced);
  switch (verdict) {
    case "equal":
      return t("{0} equal", name);
    case "rounding":
      return isWide === true ? t("{0} within tolerance", name) : t("{0} rounding only", name);
    case "differs":
      return t("{0} differs", name);
    case "cannot-compare":
      return t("{0} cannot be compared", name);
  }
}

/** The verdict and its possible causes. */
function verdictTitle(store: Store, verdict: VerdictView, reduced: Text | null): string {
  const { sentence, readAs } = verdict;
  if (reduced !== null) return tr(reducedSentence(verdict));
  const hints = hintsBeside({ verdicts: [verdict] }, findingsOf(store.state.diagnosis));
  const all = [sentence, ...(readAs === undefined ? [] : [readAs]), ...hints];
  return all.map(tr).join("\n");
}

/** The precision that a difference turned out to be a matter of, once the diagnosis has ended. */
function reducedBy({ state: { diagnosis } }: Store, verdict: VerdictView): Text | null {
  return diagnosis.kind === "found" ? reducedTo(verdict, diagnosis.answer.precision) : null;
}

/** The possible causes of the differences while nothing explains them, each once, then the assumptions. */
function notesOf(store: Store, view: RunView): readonly string[] {
  const hints = hintsBeside(view, findingsOf(store.state.diagnosis)).map(tr);
  const read = view.verdicts.flatMap(({ name, readAs }) =>
    readAs === undefined ? [] : [t("{0}: {1}", name, readAs)],
  );
  return [...new Set(hints), ...read, ...view.notes.map(tr)];
}

/** What is said of numbers without one outside tolerance: in a chaotic run most of them are not judged by their size. */
function allWithin(view: RunView, { sentence }: VerdictView): TemplateResult {
  const chaotic = chaoticText(view);
  return chaotic === null
    ? html`<span>${t("all within tolerance")}</span>`
    : html`<span class="chaotic" title=${tr(sentence)}>${tr(chaotic)}</span>`;
}

/** How the numbers were made, e.g. `SIMD kernel, 2 threads, states kept at checkpoints, 1.2 s`. */
function meansText({ path, elapsedMs }: RunView["details"]): string | null {
  if (path === null) return null;
  const engines = {
    readable: t("plain TypeScript"),
    simd: t("SIMD kernel"),
    "relaxed-simd": t("relaxed SIMD kernel"),
  };
  const parts = [
    engines[path.engine],
    path.threads === 1 ? t("1 thread") : t("{0} threads", path.threads),
    ...(path.checkpoints ? [t("states kept at checkpoints")] : []),
    elapsedMs < 1000
      ? t("{0} ms", Math.max(1, Math.round(elapsedMs)))
      : t("{0} s", (elapsedMs / 1000).toFixed(1)),
  ];
  return t("Computed by: {0}", parts.join(t(", ")));
}

/** The layers that run, in the order that data flows through them. */
function layersText({ constructorLine, surrounding }: RunView): string {
  const { embedding, linear, head } = surrounding ?? { embedding: null, linear: null, head: null };
  const before = embedding?.isUsed === true ? [embedding.constructorLine] : [];
  const after = linear === null || head === null ? [] : [linear.constructorLine];
  return [...before, constructorLine ?? "", ...after].join(" → ");
}

/** Holds the place that its notes were opened at. Ends with its element. */
export class VerdictBar extends RunElement {
  #cursor: Place | undefined;
  readonly #tight = new TightLine();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tight.stop();
  }

  /** The notes lie over the inspector: they make way for what it says of another place. */
  protected override updated(): void {
    const cursor = this.store?.state.cursor;
    if (cursor !== this.#cursor) this.#closeNotes();
    this.#cursor = cursor;
    this.#tight.follow(this.querySelector(".verdicts"));
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.view ?? null;
    if (store === undefined || view === null) return nothing;
    const cannotRun = view.shapes.clash !== null;
    return html`
      ${answerLine(store, view)}
      <section class="verdicts" aria-label=${t("Verdict")}>
        ${underChip(store, view)} ${cannotRun ? nothing : referenceMenu(store, view)}
        ${
          cannotRun
            ? html`<span class="chip differs"
                ><span aria-hidden="true">✗</span> ${t("cannot run")}</span
              >`
            : this.#chips(store, view)
        }
        ${
          view.constructorLine === null
            ? nothing
            : html`<code class="constructor" title=${layersText(view)}>${layersText(view)}</code>`
        }
        ${cannotRun ? nothing : compareStatus(store, view)}
        <div class="tail">
          ${cannotRun ? nothing : this.#numbers(store, view)} ${unseenLink(store, view)}
          ${this.#notes(store, view)}
        </div>
        <p class="visually-hidden" aria-live="polite">${this.#announcement(store, view)}</p>
      </section>
      ${agreementTable(view)}
    `;
  }

  #chips(store: Store, view: RunView): TemplateResult {
    if (view.verdicts.length === 0) {
      return store.state.compare.kind === "running"
        ? html``
        : html`<span class="chip none">${t("no reference")}</span>`;
    }
    return html`${view.verdicts.map((verdict) => {
      const reduced = reducedBy(store, verdict);
      const kind = reduced === null ? verdict.verdict : "reduced";
      return html`
        <span
          class="chip ${kind}"
          data-name=${verdict.name}
          title=${verdictTitle(store, verdict, reduced)}
        >
          <span aria-hidden="true">${ICONS[kind]}</span>
          <span class="chip-text">${verdictText(verdict, reduced)}</span>
        </span>
      `;
    })}`;
  }

  #numbers(store: Store, view: RunView): TemplateResult | typeof nothing {
    const main = mainVerdict(view.verdicts);
    const noise = view.noiseFloor === null ? null : decodeNumber(view.noiseFloor);
    const noiseText =
      noise === null
        ? nothing
        : html`<span
            title=${t(
              "Largest difference between this run in {0} and in float64",
              valueLabel("precision", view.options.precision),
            )}
            >${t("noise floor {0}", significant(noise, 2))}</span
          >`;
    if (main === undefined) return html`<span class="numbers">${noiseText}</span>`;
    if (main.verdict === "cannot-compare") {
      return html`<span class="numbers"><span>${tr(main.sentence)}</span></span>`;
    }
    const { outside, total } = main;
    // Of few values their number says more than their share.
    const share = 1000 * outside < total ? grouped(outside) : percentOf(outside, total);
    const size = significant(decodeNumber(main.maxAbs), 2);
    // The largest of several says which one it is of.
    const named =
      view.verdicts.length > 1 ? t("{0} max|Δ| {1}", main.name, size) : t("max|Δ| {0}", size);
    const largest = view.chaos === null ? named : t("{0} before chaos", named);
    return html`
      <span class="numbers">
        <button
          type="button"
          class="link to-numbers"
          title=${t("Numbers of the differences")}
          @click=${() => {
            store.update({ tab: "numbers" });
          }}
        >
          ${view.batchSize > 1 ? t("all {0} rows: {1}", view.batchSize, largest) : largest}
        </button>
        ${
          outside === 0
            ? allWithin(view, main)
            : html`<span title=${t("{0} of {1} elements", grouped(outside), grouped(total))}
                >${t("{0} outside tolerance", share)}</span
              >`
        }
        ${noiseText}
      </span>
      ${view.firstDivergence === null ? nothing : this.#first(store, view.firstDivergence, main)}
    `;
  }

  /** The first of all tensors; it says which one that is where the numbers beside it are of another. */
  #first(store: Store, found: FirstDivergence, main: VerdictView): TemplateResult | typeof nothing {
    const { name, first: place, firstElement, sentence } = found;
    if (firstElement !== undefined) return this.#firstElement(store, name, firstElement);
    if (place === null) return nothing;
    const go = (): void => {
      store.show(found.quantity === "c" ? "c" : "h");
      store.jumpTo(place);
    };
    const where = recurrentText(place, found);
    const what = t("Move the cursor to batch {0}, unit {1}", place.batch, place.unit);
    const at = (written: string): string =>
      found.isClean === null ? t("first seen at {0}", written) : t("first at {0}", written);
    return html`<span class="first-at"
      ><button
        type="button"
        class="link"
        data-short=${at(`${layerText(place)}, t = ${place.step}`)}
        title=${[tr(sentence), what].join("\n")}
        @click=${go}
      >
        ${at(name === main.name ? where : t("{0} ({1})", where, name))}
      </button></span
    >`;
  }

  /** Embedded input and logits have no cell of the cursor's; it goes to their step and sequence. */
  #firstElement(
    store: Store,
    name: FirstDivergence["name"],
    element: LayerElement,
  ): TemplateResult {
    const { step, batch, unit } = element;
    const go = (): void => {
      store.jumpTo({ batch, ...(step === null ? {} : { step }) });
    };
    return html`<span class="first-at"
      ><button type="button" class="link" @click=${go}>
        ${
          step === null
            ? t("first at {0} batch {1}, unit {2}", name, batch, unit)
            : t("first at {0} t = {1}, batch {2}, unit {3}", name, step, batch, unit)
        }
      </button></span
    >`;
  }

  #notes(store: Store, view: RunView): TemplateResult | typeof nothing {
    const means = meansText(view.details);
    const notes = notesOf(store, view);
    if (notes.length === 0 && means === null) return nothing;
    return html`
      <details
        class="notes"
        @keydown=${({ key }: KeyboardEvent) => {
          if (key === "Escape") this.#closeNotes();
        }}
      >
        <summary>${notes.length === 0 ? t("Details") : t("Notes ({0})", notes.length)}</summary>
        <ul>
          <li class="module"><code>${layersText(view)}</code></li>
          ${notes.map((note) => html`<li>${note}</li>`)}
          ${means === null ? nothing : html`<li class="means">${means}</li>`}
        </ul>
      </details>
    `;
  }

  #closeNotes(): void {
    this.querySelector("details.notes")?.removeAttribute("open");
  }

  #announcement(store: Store, { clash, verdicts }: RunView): string {
    if (clash !== undefined) return tr(clash.sentence);
    if (verdicts.length === 0) return t("no reference");
    // Screen readers pause at a full stop; the sentences have none of their own.
    return verdicts
      .map((verdict) => {
        const reduced = reducedBy(store, verdict);
        return reduced === null ? tr(verdict.sentence) : verdictText(verdict, reduced);
      })
      .join(". ");
  }
}

customElements.define("unroll-verdict-bar", VerdictBar);
