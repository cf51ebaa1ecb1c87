/**
 * The choice of lanes: which are shown or folded, the states and gates beside them, and their order.
 */
import { html, nothing, type TemplateResult } from "lit";
import {
  ALL_LANES,
  LANE_ORDERS,
  quantitiesOf,
  type LaneOrder,
} from "../../../src/drawing/run/laneChoice";
import type { LaneInfo } from "../../../src/protocol/run/messages";
import { choiceList } from "../../shared/choiceList";
import { isChecked } from "../../shared/controls";
import { t } from "../../shared/l10n";
import { sortText, unitChoice } from "./unitChoice";
import type { Setting } from "../../shared/optionsButton";
import { toggleLane } from "../store/lanes";
import { laneText, quantityText } from "../store/placeText";
import type { Store } from "../store/store";

interface Box {
  readonly label: string;
  readonly isOn: boolean;
  readonly toggle: () => void;
}

function box({ label, isOn, toggle }: Box): TemplateResult {
  return html`<vscode-checkbox
    .checked=${isOn}
    @change=${(event: Event) => {
      if (isChecked(event) !== isOn) toggle();
    }}
    >${label}</vscode-checkbox
  >`;
}

function orderName(order: LaneOrder): string {
  return order === "dependency" ? t("as data flows") : t("by error, the largest on top");
}

/** What differs from all lanes as they are. */
function settingsOf({ state }: Store): readonly Setting[] {
  const { hidden, quantities, order } = state.laneChoice;
  const texts = [
    ...quantities,
    ...(hidden.length === 0 ? [] : [t("{0} hidden", hidden.length)]),
    ...(order === "dependency" ? [] : [t("by error")]),
    ...(state.unitSort === null ? [] : [sortText(state.unitSort)]),
  ];
  return texts.map((text) => ({ text, isAssumed: false }));
}

function laneRow(store: Store, lane: LaneInfo): TemplateResult {
  const { hidden, collapsed } = store.state.laneChoice;
  const isShown = !hidden.includes(lane.id);
  const name = laneText(lane);
  return html`<span class="lane-row">
    ${box({
      label: name,
      isOn: isShown,
      toggle: () => {
        toggleLane(store, "hidden", lane.id);
      },
    })}
    ${
      isShown
        ? box({
            label: t("folded"),
            isOn: collapsed.includes(lane.id),
            toggle: () => {
              toggleLane(store, "collapsed", lane.id);
            },
          })
        : nothing
    }
  </span>`;
}

function content(store: Store): TemplateResult {
  const { run, view, stateName, laneChoice } = store.state;
  const quantities = quantitiesOf(run?.lanes ?? [], stateName);
  return html`
    ${
      quantities.length === 0
        ? nothing
        : html`<div class="menu-heading">${t("Beside each layer's state, over time")}</div>
            ${quantities.map((each) =>
              box({
                label: `${each} · ${quantityText(each)}`,
                isOn: laneChoice.quantities.includes(each),
                toggle: () => {
                  toggleLane(store, "quantities", each);
                },
              }),
            )}`
    }
    ${choiceList({
      label: t("Order"),
      named: true,
      value: laneChoice.order,
      options: LANE_ORDERS.map((order) => [order, orderName(order)]),
      change: (value) => {
        const order = LANE_ORDERS.find((each) => each === value) ?? ALL_LANES.order;
        store.update({ laneChoice: { ...laneChoice, order } });
      },
    })}
    ${unitChoice(store)}
    <div class="menu-heading">${t("Lanes")}</div>
    ${[...(view?.lanes ?? [])].reverse().map((lane) => laneRow(store, lane))}
  `;
}

/** The button, and the box below it. */
export function laneMenu(store: Store): TemplateResult {
  return html`<unroll-options
    class="lane-menu"
    .label=${t("Lanes…")}
    .settings=${settingsOf(store)}
    .content=${() => content(store)}
  ></unroll-options>`;
}
