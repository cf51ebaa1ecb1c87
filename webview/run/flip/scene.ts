/**
 * Everything that the flip picture shows besides its geometry.
 */
import type { Side } from "../../../src/protocol/run/windowMessages";
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import type { FinalColumns } from "../../../src/drawing/run/flip/finals";
import type { StripHeading } from "../../../src/drawing/run/flip/headings";
import type { Cell } from "../../../src/drawing/run/flip/values";
import type { StripBox, StripId, StripPart } from "../../../src/drawing/run/flip/boxes";

export interface FlipScene extends FinalColumns {
  readonly headings: Readonly<Record<StripId, StripHeading>>;
  readonly labels: Readonly<Partial<Record<`${StripId}>${StripId}`, string>>>;
  /** True where the reverse states are not flipped back. */
  readonly isUnflipped: boolean;
  readonly scale: (part: StripPart) => ColourScale;
  readonly length: number;
  readonly litStep: number;
  /** Under the pointer; null when it is elsewhere. */
  readonly pointedStep: number | null;
  readonly clock: number;
  readonly cell: (part: StripPart, row: number, step: number) => Cell | undefined;
  readonly sideOf: (strip: StripBox) => Side | null;
  /** Around what is outside tolerance, as the data of a path; empty unless a part shows differences. */
  readonly outline: (strip: StripBox, part: StripPart) => string;
  /** The row of the cursor's unit in a part; undefined where it is elsewhere. */
  readonly litRow: (part: StripPart) => number | undefined;
}
