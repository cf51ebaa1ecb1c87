/**
 * What a derived tensor was made of, as a sentence.
 */
import type { TensorOrigin } from "../../../src/protocol/tensorMessages";
import { t, tr } from "../../l10n";
import { visibleName } from "../render/quantities";

/** `from lstm/kernel: transposed`; zeros that stand in for a bias come from nowhere. */
export function originText({ from, how }: TensorOrigin): string {
  if (from.length === 0) return tr(how);
  return t("from {0}: {1}", visibleName(from.join(", ")), tr(how));
}
