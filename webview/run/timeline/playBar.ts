/**
 * The bar above the timeline while the computation is played: what is computed, a slider through it, its speed.
 */
import { html, nothing, type TemplateResult } from "lit";
import { SPEEDS, type PlayPoint } from "../../../src/drawing/run/play/order";
import { choiceList } from "../../shared/choiceList";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { RunElement } from "../store/runElement";
import type { Store } from "../store/store";

function sentenceOf(point: PlayPoint | null, length: number): string {
  if (point === null) return "";
  const { kind, layer, direction } = point.phase;
  const input = layer === 0 ? "x" : t("the output of layer {0}", layer - 1);
  switch (kind) {
    case "flip":
      return t("layer {0} ←: flip {1}", layer, input);
    case "flipBack":
      return t("layer {0} ←: flip the states back", layer);
    case "concat":
      return t("layer {0}: concat → and ←", layer);
    case "run":
      return direction === "forward"
        ? t("layer {0} →: step by step, from t = 0 to {1}", layer, length - 1)
        : t(
            "layer {0} ←: step by step over the flipped input, from t = {1} to 0",
            layer,
            length - 1,
          );
  }
}

/** Follows the clock of the player while it is in the page. */
export class PlayBar extends RunElement {
  #stop: (() => void) | undefined;
  #followed: Store | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#followed = undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    if (store === undefined) return nothing;
    this.#follow(store);
    const { clock, phases, point, length, leavesOut } = store.player;
    if (clock === null) return nothing;
    const sentence = sentenceOf(point, length);
    const said =
      leavesOut && point !== null
        ? t("{0} · lanes that the reference lacks are left out", sentence)
        : sentence;
    return html`<div class="play-bar" role="group" aria-label=${t("Computation")}>
      <output class="play-phase">${said}</output>
      <input
        type="range"
        class="play-slider"
        min="0"
        max=${phases.length}
        step="0.001"
        aria-label=${t("Place in the computation")}
        aria-valuetext=${sentence}
        .value=${String(clock)}
        @input=${(event: Event) => {
          const { target } = event;
          if (target instanceof HTMLInputElement) store.player.seek(Number(target.value));
        }}
      />
      ${choiceList({
        label: t("Speed"),
        named: true,
        value: String(store.state.playSpeed),
        options: SPEEDS.map((speed) => [String(speed), `${speed}×`]),
        change: (value) => {
          store.update({ playSpeed: Number(value) });
        },
      })}
      <button
        type="button"
        class="icon-button"
        title=${t("Show the whole run")}
        aria-label=${t("Show the whole run")}
        @click=${() => {
          store.player.end();
        }}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  #follow(store: Store): void {
    if (this.#followed === store) return;
    this.#stop?.();
    this.#followed = store;
    const detach = store.player.attach();
    const leave = store.player.subscribe(() => {
      this.requestUpdate();
    });
    this.#stop = () => {
      detach();
      leave();
    };
  }
}

customElements.define("unroll-play-bar", PlayBar);
