/**
 * Copies the value at the cursor, with all its digits.
 */
import { FLOAT32_DIGITS, significant } from "../../../src/drawing/base/exactNumber";
import type { Store } from "./store";

/** As the run has stored it; nothing while it is not known. */
export function copyValue(store: Store): void {
  const { cursor, stateName, view } = store.state;
  const value = store.explain({ ...cursor, stateName })?.value[1];
  if (value === undefined) return;
  const isDouble = view?.options.precision === "f64";
  store.send("text/copy", {
    text: isDouble ? String(value) : significant(value, FLOAT32_DIGITS),
  });
}
