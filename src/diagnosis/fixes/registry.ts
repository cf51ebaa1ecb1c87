/**
 * The fix of every id of the catalogue.
 */
import { plainEnglish, renderText } from "../../core/text";
import { fixedAlternatives } from "../alternatives/registry";
import { cellFixes } from "./cells";
import { directionFixes } from "./directions";
import { finalFixes } from "./finals";
import { written, type Fix, type FixFrame, type Makers } from "./fix";
import { lengthFixes } from "./lengths";
import { outputFixes } from "./outputs";
import { parameterFixes, parameterTitles } from "./parameters";
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

/** Comments of code are English. */
const titles: Readonly<Record<string, string>> = {
  ...parameterTitles,
  ...Object.fromEntries(
    fixedAlternatives.map(({ id, title }) => [id, renderText(title, plainEnglish)]),
  ),
};

/** Ids that have a fix. */
export const fixedIds: readonly string[] = Object.keys(makers);

/**
 * The lines that mend what an id of the catalogue says.
 * @throws RangeError for an id that is not in the catalogue.
 */
export function fixOf(id: string, frame: FixFrame): Fix {
  const maker = makers[id];
  const title = titles[id];
  if (maker === undefined || title === undefined) throw new RangeError(`no fix for ${id}`);
  return written(frame, maker(frame, title));
}
