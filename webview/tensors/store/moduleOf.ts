/**
 * The module that a tensor belongs to.
 */
import type { ArchiveSummary, ModuleSummary } from "../../../src/protocol/archive/messages";

export function moduleOf(
  { modules }: Pick<ArchiveSummary, "modules">,
  tensor: string | undefined,
): ModuleSummary | undefined {
  if (tensor === undefined) return undefined;
  return modules.find(({ entries }) => entries.includes(tensor));
}
