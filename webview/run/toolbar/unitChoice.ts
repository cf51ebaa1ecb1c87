/**
 * The choice of what the units of the lanes are ordered by.
 */
import { html, nothing, type TemplateResult } from "lit";
import type { UnitSort } from "../../../src/protocol/run/windowMessages";
import { choiceList } from "../../shared/choiceList";
import { t } from "../../shared/l10n";
import { laneIdOf } from "../../../src/drawing/run/places";
import { laneText } from "../store/placeText";
import type { ViewState } from "../store/state";
import type { Store } from "../store/store";
import "./spanView";

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
  ${state.unitSort?.by === "span" ? html`<unroll-span .store=${store}></unroll-span>` : nothing}`;
}
