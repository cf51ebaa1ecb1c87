/**
 * The choice of what the units of the lanes are ordered by, and what stands out in a span of time.
 */
import { html, nothing, type TemplateResult } from "lit";
import { rounded } from "../../../src/core/numeric";
import type { UnitOrder, UnitSort } from "../../../src/protocol/run/windowMessages";
import { choiceList } from "../../shared/choiceList";
import { t } from "../../shared/l10n";
import { showSteps } from "../store/actions";
import { laneIdOf } from "../store/places";
import { laneText, layerText } from "../store/placeText";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";

/** Room around a span that is gone to, as a share of it. */
const AROUND = 0.5;

/** What an order is by, in a few words. */
export function sortText(sort: UnitSort): string {
  switch (sort.by) {
    case "activity":
      return t("units by activity");
    case "clusters":
      return t("units in groups");
    case "likeness":
      return t("units like {0}", sort.unit);
    case "span":
      return t("units of t {0} … {1}", sort.steps[0], sort.steps[1] - 1);
  }
}

function choiceText(sort: UnitSort | null, { view }: ViewState): string {
  switch (sort?.by) {
    case undefined:
      return t("number");
    case "activity":
      return t("activity, the most active on top");
    case "clusters":
      return t("groups that do alike");
    case "likeness": {
      const lane = view?.lanes.find(({ id }) => id === sort.lane);
      const name = lane === undefined ? sort.lane : laneText(lane);
      return t("likeness to unit {0} of {1}", sort.unit, name);
    }
    case "span":
      return t("activity in t {0} … {1}", sort.steps[0], sort.steps[1] - 1);
  }
}

/** What there is to choose, with the unit under the cursor and the steps on screen. */
function choicesOf({ cursor, steps, unitSort }: ViewState): readonly (UnitSort | null)[] {
  const there: (UnitSort | null)[] = [
    null,
    { by: "activity" },
    { by: "clusters" },
    { by: "likeness", lane: laneIdOf(cursor), unit: cursor.unit },
  ];
  if (steps !== null) {
    there.push({ by: "span", steps: [Math.floor(steps[0]), Math.ceil(steps[1])] });
  }
  const isThere = there.some((each) => keyOf(each) === keyOf(unitSort));
  return isThere ? there : [...there, unitSort];
}

function keyOf(sort: UnitSort | null): string {
  return JSON.stringify(sort);
}

/** The list of orders, and below it what a span of time was found to have. */
export function unitChoice(store: Store): TemplateResult {
  const { state } = store;
  const choices = choicesOf(state);
  return html`${choiceList({
    label: t("Units by"),
    named: true,
    value: keyOf(state.unitSort),
    options: choices.map((choice) => [keyOf(choice), choiceText(choice, state)]),
    change: (value) => {
      store.update({ unitSort: choices.find((each) => keyOf(each) === value) ?? null });
    },
  })}
  ${
    state.steps === null && state.unitSort?.by !== "span"
      ? html`<p class="dim">${t("Zoom in over time to see which units are active there.")}</p>`
      : nothing
  }
  ${state.unitSort?.by === "span" ? spanFound(store, state.unitSort) : nothing}`;
}

/** Which units of the cursor's lane stand out in a span, and where else they do. */
function spanFound(store: Store, order: UnitSort & { readonly by: "span" }): TemplateResult {
  const { cursor, stateName } = store.state;
  const lane = laneIdOf(cursor);
  const found = store.unitOrder({ lane, stateName, batch: cursor.batch, order });
  const [from, to] = order.steps;
  const where = t("{0}, t {1} … {2}", layerText(cursor), from, to - 1);
  if (found === undefined) return html`<p class="dim">${where} …</p>`;
  if (found.active.length === 0) {
    return html`<p class="dim">
      ${t("{0}: no unit is more active there than elsewhere.", where)}
    </p>`;
  }
  return html`<p class="span-found">
    ${t("{0}: more active there than elsewhere are the units", where)}
    ${found.active.map(
      (unit) =>
        html`<button
          type="button"
          class="link"
          @click=${() => {
            store.visit({ unit });
          }}
        >
          ${unit}
        </button> `,
    )}
    ${otherSpans(store, found)}
  </p>`;
}

function otherSpans(store: Store, { spans }: UnitOrder): TemplateResult {
  if (spans.length === 0) return html`<br />${t("They are nowhere else as active together.")}`;
  return html`<br />${t("They are as active together at")}
    ${spans.map(
      ([from, to]) =>
        html`<button
          type="button"
          class="link"
          @click=${() => {
            const room = rounded(AROUND * (to - from), 6);
            showSteps(store, from - room, to + room);
          }}
        >
          ${to - from === 1 ? t("t {0}", from) : t("t {0} … {1}", from, to - 1)}
        </button> `,
    )}`;
}
