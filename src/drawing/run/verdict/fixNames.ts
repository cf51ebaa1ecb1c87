/**
 * What the lines are called that come with a finding: not all of them mend something.
 */
import { text, type Text } from "../../../core/text";
import type { FindingView } from "../../../protocol/run/diagnosisMessages";

type Purposeful = Pick<FindingView, "id" | "isPrecision">;

/**
 * `look`: values or weights are others, and no code is accused. `match`: nothing is wrong, and the lines make both sides
 * as precise.
 */
type Purpose = "mend" | "look" | "match";

function purposeOf({ id, isPrecision }: Purposeful): Purpose {
  if (id.startsWith("data/")) return "look";
  return isPrecision ? "match" : "mend";
}

const titles: Readonly<Record<Purpose, Text>> = {
  mend: text("The fix"),
  look: text("How to look at it"),
  match: text("How both agree"),
};

/** The heading of the lines. */
export function fixTitle(finding: Purposeful): Text {
  return titles[purposeOf(finding)];
}

/** The same with their language. */
export function fixTitleIn(finding: Purposeful, language: string): Text {
  switch (purposeOf(finding)) {
    case "mend":
      return text("The fix in {0}", language);
    case "look":
      return text("How to look at it in {0}", language);
    case "match":
      return text("How both agree in {0}", language);
  }
}

/** What the button says that copies them. */
export function copyTitle(finding: Purposeful): Text {
  return purposeOf(finding) === "mend" ? text("Copy fix") : text("Copy code");
}
