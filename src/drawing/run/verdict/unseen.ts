/**
 * Mistakes that a run cannot show, in the groups that one fact hides; no DOM.
 */
import { renderText, text, type Text } from "../../../core/text";
import type { DiagnosisView } from "../../../protocol/run/diagnosisMessages";

type Unseen = DiagnosisView["cannotSee"];

export interface UnseenGroup {
  /** What hides them; null where that is not known. */
  readonly reason: Text | null;
  readonly mistakes: Unseen;
}

/** Those that one fact hides stand together; those without a known one come last. */
export function unseenGroups(cannotSee: Unseen): UnseenGroup[] {
  const groups = new Map<string, Unseen[number][]>();
  for (const unseen of cannotSee) {
    const key = unseen.reason === null ? "" : renderText(unseen.reason);
    groups.set(key, [...(groups.get(key) ?? []), unseen]);
  }
  const last = groups.get("") ?? [];
  groups.delete("");
  return [...groups.values(), ...(last.length === 0 ? [] : [last])].map((mistakes) => ({
    reason: mistakes[0]?.reason ?? null,
    mistakes,
  }));
}

/** What is said above them. */
export function unseenText({
  cannotSee,
  lookedAt,
}: Pick<DiagnosisView, "cannotSee" | "lookedAt">): Text {
  if (cannotSee.length === 1) return text("One mistake would leave these values as they are:");
  if (cannotSee.length > 0) {
    return text("{0} mistakes would leave these values as they are:", cannotSee.length);
  }
  return lookedAt === null
    ? text("Every mistake that can be made with this module would be seen.")
    : text("Every mistake that was tried would be seen.");
}
