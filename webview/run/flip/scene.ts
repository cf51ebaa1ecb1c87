/**
 * Everything that the flip picture shows besides its geometry.
 */
import type { ColourScale } from "../../../src/drawing/base/colourScale";
import type { StripId, StripPart } from "../../../src/drawing/run/flip/boxes";

export interface StripHeading {
  readonly title: string;
  /** Lines of code or shapes under the title. */
  readonly lines: readonly string[];
}

export interface FlipScene {
  readonly headings: Readonly<Record<StripId, StripHeading>>;
  readonly labels: Readonly<Partial<Record<`${StripId}>${StripId}`, string>>>;
  readonly scale: (part: StripPart) => ColourScale;
  readonly length: number;
  readonly litStep: number;
  readonly clock: number;
  readonly value: (part: StripPart, row: number, step: number) => number | undefined;
  /** The row of the cursor's unit in a part; undefined where it is elsewhere. */
  readonly litRow: (part: StripPart) => number | undefined;
  /** What of h_n the last processed column of a direction is. */
  readonly finals: Readonly<Partial<Record<StripPart["values"], string>>>;
  readonly point: (step: number | null) => void;
  readonly choose: (part: StripPart, row: number, step: number) => void;
}
