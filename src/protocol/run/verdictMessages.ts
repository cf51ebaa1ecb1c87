/**
 * How a run compares with its references, and with the user's own output.
 */
import type { Verdict } from "../../analysis/compare";
import type { ComparedName } from "../../analysis/first";
import type { Text } from "../../core/text";
import type { Place } from "../../engine/base/trace";
import type { Shape } from "../../tensor/tensor";
import type { WireNumber } from "../wire";
import type { LayerElement } from "./surroundingMessages";

/** The comparison of one tensor with its reference. */
export interface VerdictView {
  readonly name: ComparedName;
  readonly verdict: Verdict;
  readonly maxAbs: WireNumber;
  readonly maxRel: WireNumber;
  /** Smallest and largest finite ours − reference; [0, 0] where they cannot be compared. */
  readonly deltaRange: readonly [number, number];
  readonly outside: number;
  readonly total: number;
  /** Passes by a tolerance that is wider than what rounding takes: that it is rounding is not claimed. */
  readonly isWide?: true;
  /** What it was judged by, where the run gives it a tolerance of its own. */
  readonly tolerance?: { readonly rtol: number; readonly atol: number };
  /** The first element outside tolerance in dependency order; null when there is none. */
  readonly first: Place | null;
  /** The same for `embedded` and `logits`, whose `first` is null. */
  readonly firstElement?: LayerElement;
  /** The first one in words; null when there is none. */
  readonly firstText: Text | null;
  readonly found: Shape;
  readonly expected: Shape;
  /** Of a reference of another shape that was recognised: what it was compared as, in one sentence. */
  readonly readAs?: Text;
  /** Largest |reference − float64 run|; null when they cannot be compared. */
  readonly referenceError: WireNumber | null;
  /** The verdict in one sentence. */
  readonly sentence: Text;
  /** What the difference comes from, where that is proved, or what it looks like: a sentence each. */
  readonly hints: readonly Text[];
}

/** The first element outside tolerance over all tensors, in dependency order. */
export interface FirstDivergence extends Pick<VerdictView, "first" | "firstElement"> {
  /** The tensor it was found in. */
  readonly name: VerdictView["name"];
  /** `h`, `c` or the letter of a gate; null outside the recurrent layers. */
  readonly quantity: string | null;
  /** Its step in the order of processing; null outside the recurrent layers. */
  readonly processing: number | null;
  /** True where all that it depends on is known to be inside tolerance; null where not all of it is known. */
  readonly isClean: true | null;
  /** The place in recurrent coordinates, and what is known of all before it. */
  readonly sentence: Text;
}

/** A tensor that the user's own implementation gave, beside the same one of the run or of the reference. */
export interface OwnComparison extends Pick<
  VerdictView,
  "name" | "verdict" | "maxAbs" | "outside" | "total" | "first" | "sentence" | "readAs"
> {
  /** Values of which nothing can be known, since the run is chaotic. */
  readonly unjudged: number;
}

/** Who stands alone of run, reference and the user's own output. */
export interface StandsAlone {
  /** The one that differs from the two others, which agree; null when there is none. */
  readonly alone: "own" | "reference" | "run" | null;
  readonly sentence: Text;
}

/** What the user's own implementation gave, as a third. */
export interface OwnView extends StandsAlone {
  readonly withRun: readonly OwnComparison[];
  /** The tensors that the reference has as well. */
  readonly withReference: readonly OwnComparison[];
  /** Who stands alone in each of these. */
  readonly each: Readonly<Record<string, StandsAlone>>;
}
