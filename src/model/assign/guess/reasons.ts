/**
 * Why a guess stands where it stands, in words.
 */
import { text, type Text } from "../../../core/text";
import type { Arrangement } from "./arrange";
import type { GuessReason } from "./guess";

const arrangementTexts: Readonly<Record<Arrangement, Text>> = {
  names: text("names tell the input's weights from the state's"),
  pytorch: text("in the file, each input's weights stand before the state's"),
  shapes: text("shapes tell which is which"),
  grouped: text("in the file, all inputs' weights stand before all states'"),
  stateFirst: text("in the file, each state's weights stand before the input's"),
  groupedStateFirst: text("in the file, all states' weights stand before all inputs'"),
  byDirection: text("in the file, one direction stands behind the other"),
};

/** A reason in a sentence. */
export function reasonSentence(reason: GuessReason): Text {
  switch (reason.kind) {
    case "covers":
      return text("uses {0} of {1} tensors", reason.used, reason.of);
    case "names":
      return text("{0} of {1} telling names agree", reason.right, reason.of);
    case "arrangement":
      return arrangementTexts[reason.arrangement];
    case "gates":
      return text("names tell the gates");
    case "openGates":
      return text("which gate is which is not told: they are taken in the order of the file");
    case "layout":
      return reason.place === 0
        ? text("layout {0}", reason.layout)
        : text("layout {0}, of which shapes tell nothing", reason.layout);
    case "square":
      return text("the matrices are square: shapes tell neither their axes nor which is which");
  }
}
