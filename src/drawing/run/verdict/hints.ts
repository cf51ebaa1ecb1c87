/**
 * What a difference may come from, by its values; no DOM.
 */
import type { Text } from "../../../core/text";
import type { DiagnosisView } from "../../../protocol/run/diagnosisMessages";
import type { RunView } from "../../../protocol/run/messages";

/** None where a finding says what the reference’s does come from. Tensors may have the same one. */
export function hintsBeside(
  { verdicts }: Pick<RunView, "verdicts">,
  findings: DiagnosisView["findings"],
): readonly Text[] {
  const isExplained = findings.some(({ side }) => side !== "own");
  return isExplained ? [] : verdicts.flatMap(({ hints }) => hints);
}
