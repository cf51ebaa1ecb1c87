/**
 * Describes the cell under the cursor, or a logit, in words, for assistive technology.
 */
import type { Place, RunView } from "../../../src/protocol/run/messages";
import type { UnitExplanation } from "../../../src/protocol/run/unitMessages";
import { t } from "../../shared/l10n";
import { finalName } from "../../../src/drawing/run/state";
import { formatValue } from "../../../src/drawing/base/numbers";
import { logitTitle, type ShownLogit } from "../store/logit";
import { layerText } from "../store/placeText";

/** The cursor's place, its value and the reference; only the place while the explanation is fetched. */
export function cellText(
  view: RunView,
  cursor: Place,
  explanation: UnitExplanation | undefined,
): string {
  if (view.lanes.length === 0) return "";
  const { step, batch, unit } = cursor;
  const place = t("{0}, step {1}, batch {2}, unit {3}", layerText(cursor), step, batch, unit);
  if (explanation === undefined) return place;
  if (!explanation.valid) return t("{0}: padding", place);
  const { value, reference, final, stateName } = explanation;
  const said = valueText(place, value[1], reference);
  const ofSlot = formatValue(final?.reference[0] ?? NaN);
  if (final === null || ofSlot === formatValue(reference[0] ?? NaN)) return said;
  return t("{0}, {1} of the reference {2}", said, `${finalName(stateName)}[${final.slot}]`, ofSlot);
}

/** The same of a logit. */
export function logitText(view: RunView, shown: ShownLogit): string {
  const place = logitTitle(view, shown);
  const { explanation, reference } = shown;
  return explanation === undefined
    ? place
    : valueText(place, explanation.numbers.at(-1), reference);
}

function valueText(
  place: string,
  value: number | undefined,
  [reference, delta]: Iterable<number>,
): string {
  const ours = formatValue(value ?? NaN);
  if (reference === undefined || delta === undefined) return t("{0}: {1}", place, ours);
  const numbers = [ours, formatValue(reference), formatValue(delta)] as const;
  return t("{0}: {1}, reference {2}, difference {3}", place, ...numbers);
}
