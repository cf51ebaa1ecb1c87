/**
 * A mistake that may have been made: what it changes in a run, and when it can be made at all.
 */
import type { Text } from "../../core/text";
import type { Precision } from "../../run/spec/spec";
import type { Results } from "../forward/returned";
import type { Switches } from "../forward/switches";
import type { Case, Model, Returned } from "../base/model";

/**
 * One named mistake. It is made of up to four changes, applied in this order: to the model, to the forward, to its
 * results, and to what is returned in the layout of files. What it leaves out is as in the right forward.
 *
 * Definitions: docs/diagnosis.md, by id. An id is never renamed and never used again.
 */
export interface Alternative {
  readonly id: string;
  /** What was done: "the gates are taken in the order i o f g". */
  readonly title: Text;
  /** False where the module has nothing that the mistake could be made with. */
  readonly applies: (the: Case) => boolean;
  /** Weights, input, initial states, lengths. */
  readonly edit?: (model: Model, the: Case) => Model;
  /** What the forward does otherwise. */
  readonly switches?: Partial<Switches>;
  /** Output, h_n and c_n, from the states of the run. */
  readonly results?: (results: Results, the: Case) => Results;
  /** What is returned, as files have it: axes and shapes. */
  readonly layout?: (returned: Returned, results: Results, the: Case) => Returned;
  /** True where rows of the batch depend on each other, so that none can be run alone. */
  readonly wholeBatch?: true;
  /** True where it has to do with the beginning or the end of a run: no part in its middle can show it. */
  readonly wholeRun?: true;
  /** Values that may be off, where rounding decides discretely: at most `share` of them, by `most` times the scale. */
  readonly outliers?: { readonly share: number; readonly most: number };
  /** The precision that a run under it computes in; that of the run when not given. */
  readonly precision?: Precision;
  /** True where nothing is wrong with the code: the reference is less precise. */
  readonly isPrecision?: true;
}
