/**
 * The fix of every id of the catalogue.
 */
import { plainEnglish, renderText } from "../../core/text";
import { cellFixes } from "./cells";
import { directionFixes } from "./directions";
import { finalFixes } from "./finals";
import type { Fix } from "../answer";
import { written, type FixFrame, type Makers, type Mistake } from "./fix";
import { lengthFixes } from "./lengths";
import { outputFixes } from "./outputs";
import { parameterFixes } from "./parameters";
import { precisionFixes } from "./precision";
import { stateFixes } from "./states";
import { weightFixes } from "./weights";

const makers: Makers = {
  ...weightFixes,
  ...cellFixes,
  ...stateFixes,
  ...directionFixes,
  ...outputFixes,
  ...finalFixes,
  ...lengthFixes,
  ...precisionFixes,
  ...parameterFixes,
};

/** Ids that have a fix. */
export const fixedIds: readonly string[] = Object.keys(makers);

/**
 * The lines that mend what was found.
 * @throws RangeError for an id that is not in the catalogue.
 */
export function fixOf({ id, title, parameter = null }: Mistake, frame: FixFrame): Fix {
  const maker = makers[id];
  if (maker === undefined) throw new RangeError(`no fix for ${id}`);
  // Comments of code are English.
  return written(frame, maker(frame, { title: renderText(title, plainEnglish), parameter }));
}
