/**
 * Every alternative without a free parameter, in the order in which ties are named.
 */
import type { Alternative } from "./alternative";
import type { Case } from "../base/model";
import { cellAlternatives } from "./cells";
import { directionAlternatives } from "./directions";
import { finalAlternatives } from "./finals";
import { gateAlternatives } from "./gates";
import { layoutAndPrecisionAlternatives } from "./layouts";
import { lengthAlternatives } from "./lengths";
import { outputAlternatives } from "./outputs";
import { parameterAlternatives } from "./parameters";
import { stateAlternatives } from "./states";

export const fixedAlternatives: readonly Alternative[] = [
  ...gateAlternatives,
  ...cellAlternatives,
  ...parameterAlternatives,
  ...stateAlternatives,
  ...directionAlternatives,
  ...outputAlternatives,
  ...finalAlternatives,
  ...lengthAlternatives,
  ...layoutAndPrecisionAlternatives,
];

/** Those that the module of a case could have been run with, and that a part of a run can show. */
export function alternativesOf(the: Case): Alternative[] {
  const isMiddle = the.first !== undefined;
  return fixedAlternatives.filter(
    (alternative) => alternative.applies(the) && !(isMiddle && alternative.wholeRun === true),
  );
}
