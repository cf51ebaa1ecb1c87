/**
 * Copies the value at the cursor, with all its digits.
 */
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import { fetchLogit } from "./logit";
import type { Store } from "./store";

/** As the run has stored it; nothing while it is not known. */
export function copyValue(store: Store): void {
  const { cursor, stateName, view } = store.state;
  const logit = fetchLogit(store);
  const value =
    logit === null
      ? store.explain({ ...cursor, stateName })?.value[1]
      : logit.explanation?.numbers.at(-1);
  if (value === undefined) return;
  const isDouble = view?.options.precision === "f64";
  store.send("text/copy", {
    text: isDouble ? String(value) : significant(value, FLOAT32_DIGITS),
  });
}
