/**
 * What every section of a report needs.
 */
import type { Text } from "../core/text";
import type { PictureValues } from "../drawing/picture/unrolled";
import type { RunView } from "../protocol/run/messages";

export interface ReportContext {
  readonly view: RunView;
  readonly values: PictureValues;
  readonly batch: number;
  readonly say: (sentence: Text) => string;
}
