/**
 * The origin of a derived tensor as a sentence.
 */
import type { TensorOrigin } from "../../../src/protocol/archive/messages";
import { legible } from "../../../src/core/text";
import { t, tr } from "../../shared/l10n";

/** `from lstm/kernel: transposed`; zeros that stand in for a bias come from nowhere. */
export function originText({ from, how }: TensorOrigin): string {
  if (from.length === 0) return tr(how);
  return t("from {0}: {1}", from.map(legible).join(", "), tr(how));
}
