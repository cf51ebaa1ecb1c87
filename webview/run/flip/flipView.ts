/**
 * The flip view: how flipping the sequence back and forth gives a layer's output.
 */
import { html, nothing, type TemplateResult, type PropertyDeclarations } from "lit";
import type { Directed } from "../../../src/model/directions";
import type { RunView } from "../../../src/protocol/run/messages";
import { t, tr } from "../../shared/l10n";
import { cellUnder, type StripHit } from "../../../src/drawing/run/flip/hit";
import { advanceClock, PHASES, phasesOf } from "../../../src/drawing/run/flip/motion";
import { rowAt, type Segments } from "../../../src/drawing/run/flip/values";
import type { Store } from "../store/store";
import { RunElement } from "../store/runElement";
import { fetchReadout, readout, type Pointer, type Readout } from "../unrolled/readout";
import { prefersReducedMotion, ThemeController } from "../../shared/pictures/theme";
import { choiceList } from "../../shared/choiceList";
import { flipPicture } from "./flipPicture";
import type { FlipScene } from "./scene";
import { deltaLimit, describeScene, describeStep, fetchStrips, stripScales } from "./flipScene";
import { sideSentences } from "../../../src/drawing/run/flip/headings";
import type { ReverseOrder } from "../../../src/drawing/run/flip/reverseOrder";
import type { FlipRoom, Strips } from "../../../src/drawing/run/flip/plan";
import { sequenceLength } from "../../../src/drawing/run/sequenceLength";
import {
  finalStateSentences,
  flipTitle,
  lastPhase,
  paddingSentence,
  shownSentence,
} from "./flipTexts";

const PHASE_MS = 1400;

/** Narrower and lower than this the picture scrolls. */
const MIN_ROOM = 320;
const LEAST_HEIGHT = 300;
/** From the pointer up to where the read-out begins that stands above it. */
const READOUT_ABOVE = 130;

/** The cell under the pointer, and where the pointer is in this element. */
interface FlipPointer {
  readonly hit: StripHit;
  readonly x: number;
  readonly y: number;
}

function keyOf(hit: StripHit | null): string {
  return hit === null ? "" : [hit.strip, hit.part.row + hit.row, hit.step].join();
}

function hitBy(
  { currentTarget, clientX, clientY }: MouseEvent,
  { layout }: Strips,
): StripHit | null {
  const { left, top } = (currentTarget as Element).getBoundingClientRect();
  return cellUnder(layout, clientX - left, clientY - top);
}

/** Holds the chosen layer, the strips, the cell under the pointer and the animation's clock. Ends with its element. */
export class FlipView extends RunElement {
  static override properties: PropertyDeclarations = {
    layer: { state: true },
    clock: { state: true },
    pointer: { state: true },
    room: { state: true },
  };

  /** null follows the cursor. */
  declare layer: number | null;
  declare clock: number;
  declare pointer: FlipPointer | null;
  declare room: FlipRoom;
  #frame = 0;
  #strips: Strips | undefined;
  #readout: Readout | null = null;
  readonly #theme: ThemeController;
  readonly #observer = new ResizeObserver(() => {
    this.#measure();
  });

  constructor() {
    super();
    this.layer = null;
    this.clock = PHASES;
    this.pointer = null;
    this.room = { width: 0, height: LEAST_HEIGHT };
    this.#theme = new ThemeController(this);
  }

  /** The layer on screen; undefined before there is a run. */
  get shownLayer(): number | undefined {
    return this.store === undefined ? undefined : this.#layerOf(this.store);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
    if (this.parentElement !== null) this.#observer.observe(this.parentElement);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /** The picture has the height of the stage but for what is said above and below it. */
  #measure(): void {
    const stage = this.parentElement;
    const style = getComputedStyle(this);
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    const width = Math.max(MIN_ROOM, this.clientWidth - padding);
    const around = this.offsetHeight - (this.querySelector("svg")?.clientHeight ?? 0);
    // A stage that is as high as what is in it gives no height.
    const isFree = stage === null || getComputedStyle(stage).overflowY === "visible";
    const height = Math.max(LEAST_HEIGHT, isFree ? innerHeight / 2 : stage.clientHeight - around);
    if (width !== this.room.width || height !== this.room.height) this.room = { width, height };
  }

  protected override willUpdate(): void {
    const layers = this.store?.state.run?.config?.numLayers ?? 0;
    if (this.layer !== null && this.layer >= layers) this.layer = null;
  }

  protected override fetch(store: Store): void {
    const { run: view } = store.state;
    this.#strips =
      view?.config == null || view.lanes.length === 0
        ? undefined
        : fetchStrips(store, view, this.#layerOf(store), this.room);
    this.#readout = fetchReadout(store, this.#pointed(view));
  }

  /** The cell under the pointer as one of its lane; null where there is none. */
  #pointed(view: RunView | null): Pointer | null {
    const { pointer } = this;
    if (view === null || pointer === null || this.#strips === undefined) return null;
    const { part, row, step } = pointer.hit;
    const at = rowAt(this.#strips.segments[part.values], row);
    const info = view.lanes.find(({ id }) => id === at?.lane);
    if (at === undefined || info === undefined) return null;
    const { x, y } = pointer;
    const hit = { area: "cell", info, side: null, step, unit: at.unit } as const;
    return { hit, x, y, width: this.clientWidth, stateName: "h" };
  }

  protected override render(): TemplateResult | typeof nothing {
    const store = this.store;
    const view = store?.state.run ?? null;
    if (store === undefined || view === null) return nothing;
    if (view.config === null || this.#strips === undefined) {
      return html`<p class="dim">${t("Nothing was computed, so there is nothing to flip.")}</p>`;
    }
    const layer = this.#layerOf(store);
    const { config } = view;
    const { numLayers } = config;
    return html`
      <header>
        <h2>${flipTitle(config, layer)}</h2>
        ${numLayers > 1 ? this.#layerChoice(layer, numLayers) : nothing}
        ${this.#player(config, this.#strips.order)}
      </header>
      ${this.#picture(store, view, layer, this.#strips)}
    `;
  }

  #layerOf({ state }: Store): number {
    return this.layer ?? state.cursor.layer;
  }

  #layerChoice(layer: number, numLayers: number): TemplateResult {
    return choiceList({
      label: t("Layer"),
      named: true,
      value: String(layer),
      options: Array.from({ length: numLayers }, (_, index) => [String(index), String(index)]),
      change: (value) => {
        this.layer = Number(value);
      },
    });
  }

  #player(config: Directed, order: ReverseOrder): TemplateResult {
    const back = order === "unflipped" ? t("not flipped back") : t("flip back");
    const names = [t("flip"), t("run"), back, lastPhase(config, back)];
    const phases = phasesOf(config).map((phase) => ({ name: names[phase] ?? "", phase }));
    const current = Math.ceil(this.clock) - 1;
    return html`
      <div class="player" role="group" aria-label=${t("Played as an animation")}>
        <vscode-button appearance="secondary" @click=${this.#play}>
          <span aria-hidden="true">▸</span> ${t("Play")}
        </vscode-button>
        ${phases.map(
          ({ name, phase }, index) =>
            html`<button
              type="button"
              class="phase"
              aria-current=${phase === current ? "step" : "false"}
              @click=${() => {
                this.#show(phase + 1);
              }}
            >
              ${index + 1} ${name}
            </button>`,
        )}
      </div>
    `;
  }

  #show(clock: number): void {
    cancelAnimationFrame(this.#frame);
    this.clock = clock;
  }

  readonly #play = (): void => {
    cancelAnimationFrame(this.#frame);
    const phases = phasesOf(this.store?.state.run?.config ?? { bidirectional: false });
    const start = this.clock >= PHASES ? 0 : this.clock;
    if (prefersReducedMotion()) {
      this.clock = Math.ceil(advanceClock(start, 1, phases));
      return;
    }
    let before = performance.now();
    this.clock = start;
    const tick = (now: number): void => {
      this.clock = advanceClock(this.clock, Math.max(0, now - before) / PHASE_MS, phases);
      before = now;
      if (this.clock < PHASES) this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  };

  #picture(store: Store, view: RunView, layer: number, strips: Strips): TemplateResult {
    const { cursor } = store.state;
    const scene: FlipScene = {
      ...describeScene(store, view, layer, strips),
      scale: stripScales(store, view, layer, strips, this.#theme.theme.backgroundRgb),
      litStep: cursor.step,
      pointedStep: this.pointer?.hit.belongs ?? null,
      clock: this.clock,
    };
    return html`
      <div
        class="picture"
        role="slider"
        tabindex="0"
        aria-label=${t("Time step that is highlighted in every strip")}
        aria-valuemin="0"
        aria-valuemax=${view.seqLength - 1}
        aria-valuenow=${cursor.step}
        aria-valuetext=${describeStep(cursor.step, strips)}
        @keydown=${(event: KeyboardEvent) => {
          this.#key(event, store, view);
        }}
      >
        <svg
          width=${strips.layout.width}
          height=${strips.layout.height}
          aria-hidden="true"
          @pointermove=${(event: PointerEvent) => {
            this.#point(event, strips);
          }}
          @pointerleave=${() => {
            this.pointer = null;
          }}
          @click=${(event: MouseEvent) => {
            const hit = hitBy(event, strips);
            if (hit !== null) this.#choose(store, strips.segments, hit);
          }}
        >
          ${flipPicture(strips.layout, scene)}
        </svg>
      </div>
      ${readout(this.#readout)}
      ${finalStateSentences(view, layer, sequenceLength(view, cursor.batch), strips.order)}
      ${sideSentences(view, { layer, mode: store.state.mode }, deltaLimit(store, view), strips).map((sentence) => html`<p class="dim side-sentence">${tr(sentence)}</p>`)}
      ${shownSentence(view, strips.segments, strips.columns)} ${paddingSentence(view, cursor.batch)}
    `;
  }

  /** The read-out stays beside a cell, below it or, low in the view, above it. */
  #point(event: MouseEvent, strips: Strips): void {
    const hit = hitBy(event, strips);
    if (keyOf(hit) === keyOf(this.pointer?.hit ?? null)) return;
    const { left, top, height } = this.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    this.pointer = hit === null ? null : { hit, x, y: y > height / 2 ? y - READOUT_ABOVE : y };
  }

  #choose(store: Store, segments: Segments, { part, row, step, belongs }: StripHit): void {
    const at = rowAt(segments[part.values], row);
    const lane = store.state.run?.lanes.find(({ id }) => id === at?.lane);
    // What is read in the place of another step is gone to with its state.
    if (at === undefined || lane?.layer == null || lane.direction === null || step !== belongs) {
      store.moveTo({ step: belongs });
      return;
    }
    // The picture keeps its layer when a state of the layer below is looked into.
    this.layer ??= store.state.cursor.layer;
    store.moveTo({ step, layer: lane.layer, direction: lane.direction, unit: at.unit });
  }

  #key(event: KeyboardEvent, store: Store, view: RunView): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { step } = store.state.cursor;
    const target = {
      ArrowRight: step + 1,
      ArrowLeft: step - 1,
      Home: 0,
      End: view.seqLength - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    store.moveTo({ step: target });
  }
}

customElements.define("unroll-flip", FlipView);
