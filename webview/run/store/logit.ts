/**
 * The logit that is looked into, and its name.
 */
import { classText } from "../../../src/drawing/run/classes";
import type { LogitExplanation, LogitRequest } from "../../../src/protocol/run/logitMessages";
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import { comparedAt, type ComparedValue } from "./comparedValue";
import type { Store } from "./store";

/** A logit with what is known of it; undefined while that is fetched. */
export interface ShownLogit extends ComparedValue {
  readonly place: LogitRequest;
  readonly explanation: LogitExplanation | undefined;
}

/** The logit that is looked into; null where a unit is. */
export function fetchLogit(store: Store): ShownLogit | null {
  const { logit, cursor, view } = store.state;
  const lane = view?.lanes.find(({ id }) => id === "logits");
  if (logit === null || lane === undefined || logit.unit >= lane.units) return null;
  const place = { ...logit, batch: cursor.batch };
  return { place, explanation: store.explainLogit(place), ...comparedAt(store, lane, place) };
}

/** `logits · batch 2 · unit 0 “displeased”` */
export function logitTitle(view: RunView, { place }: ShownLogit): string {
  const isFinal = view.lanes.find(({ id }) => id === "logits")?.isFinal === true;
  const batch = t("batch {0}", place.batch);
  const unit = t("unit {0}", classText(view.surrounding, place.unit));
  return [t("logits"), ...(isFinal ? [] : [`t = ${place.step}`]), batch, unit].join(" · ");
}
