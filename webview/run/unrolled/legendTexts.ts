/**
 * What the legend of the unrolled view says of ranges: their names, their ends, and where they come from.
 */
import { rounded } from "../../../src/core/numeric";
import {
  nextRange,
  rangeInForce,
  type Domains,
  type NamedRange,
  type StateLimits,
  type StateRange,
} from "../../../src/drawing/run/domains";
import type { RunView, StateName } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";

/** How the automatic range was found. */
function originOf(stateName: StateName, limits: StateLimits): string {
  const { auto, isSampled } = limits;
  const values = [percentIn(limits), stateName, auto] as const;
  return isSampled
    ? t("In every lane, {0} % of |{1}| lie within ±{2}, by a sample of the values.", ...values)
    : t("In every lane, {0} % of |{1}| lie within ±{2}, counted over all values.", ...values);
}

/** 99.5, or 99.998: rounded down, so that it never reads as all. */
function percentIn({ share }: StateLimits): number {
  return Math.floor(share * 1e5 + 1e-6) / 1e3;
}

/** What the colours run to, and what a click makes of it. */
export function rangeTitle(stateName: StateName, limits: StateLimits, range: StateRange): string {
  return `${rangeText(stateName, limits, range)} ${clickText(limits, nextRange(limits, range))}`;
}

function rangeText(stateName: StateName, limits: StateLimits, range: StateRange): string {
  const origin = originOf(stateName, limits);
  switch (rangeInForce(limits, range)) {
    case "shared":
      return t("{0} Values beyond have the colour of the end.", origin);
    case "lane":
      return t("Each lane's colours run to where {0} % of its own values lie.", percentIn(limits));
    case "full":
      return origin;
    default:
      return t("Chosen. {0}", origin);
  }
}

function clickText({ full }: StateLimits, next: NamedRange): string {
  switch (next) {
    case "auto":
      return t("Click for the automatic range.");
    case "shared":
      return t("Click for one range of all lanes.");
    case "lane":
      return t("Click for a range of each lane's own.");
    case "full":
      return t("Click for colours up to ±{0}.", full);
  }
}

/** The name of a range on its button. */
export function rangeName(range: StateRange): string {
  switch (range) {
    case "auto":
      return t("auto");
    case "shared":
      return t("shared");
    case "lane":
      return t("per lane");
    case "full":
      return t("all");
    default:
      return t("chosen");
  }
}

/** The ends of a bar that stands for lanes with ranges of their own; undefined where they share one. */
export function laneEnds(
  { own }: Domains,
  lanes: RunView["lanes"],
): readonly [string, string] | undefined {
  const limits = lanes.flatMap(({ id, layer }) => (layer === null ? [] : (own[id] ?? [])));
  if (limits.length === 0) return undefined;
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  const ends = least === most ? String(least) : `(${least} … ${most})`;
  return [t("each lane −{0}", ends), `+${ends}`];
}

/** The ends of the colours of gates around a middle; in brackets where each lane has its own. */
export function gateEnds(limits: readonly number[], centre: number): readonly [string, string] {
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  const middle = centre === 0 ? "" : `${centre} `;
  if (least !== most) {
    return [`${middle}−(${least} … ${most})`, `${middle}+(${least} … ${most})`];
  }
  const isAll = most >= (centre === 0 ? 1 : centre);
  const [low, high] = [rounded(centre - most, 3), rounded(centre + most, 3)];
  const sign = low < 0 ? "−" : "";
  return [
    `${isAll ? "" : "≤ "}${sign}${Math.abs(low)}`,
    `${isAll ? "" : "≥ "}${centre === 0 ? "+" : ""}${high}`,
  ];
}
