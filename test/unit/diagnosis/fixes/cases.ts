/** Every id with every frame that it applies to, and the lines that are written for it. */
import { text } from "../../../../src/core/text";
import { fixedAlternatives } from "../../../../src/diagnosis/alternatives/registry";
import type { FixFrame } from "../../../../src/diagnosis/fixes/fix";
import { fixedIds, fixOf } from "../../../../src/diagnosis/fixes/registry";
import { isPytorchVariant } from "../../../../src/model/config";
import { caseOf, frames, parameterOf } from "./frames";

export const cases = fixedIds.flatMap((id) => {
  const alternative = fixedAlternatives.find((each) => each.id === id);
  return frames.flatMap((frame, index) => {
    if (alternative?.applies(caseOf(frame)) === false) return [];
    // Dropout and units are asked of torch.nn's own modules.
    if (alternative === undefined && (frame.config.isCellClass || !isTorch(frame))) return [];
    const title = alternative?.title ?? text("another reason");
    const fix = fixOf({ id, title, parameter: parameterOf(id, frame) }, frame);
    return [{ id, frame: index, ...fix }];
  });
});

/** True where torch.nn has a cell like that. */
export function isTorch({ config }: FixFrame): boolean {
  return isPytorchVariant(config);
}
