/**
 * What a search for a mistake with a free parameter returns.
 */
import type { Text } from "../../../core/text";
import type { Alternative } from "../../alternatives/alternative";
import type { Parameter } from "../../answer";
import type { Returned } from "../../base/model";

export interface FreeFinding {
  readonly id: string;
  readonly title: Text;
  readonly parameter: Parameter | null;
  /** Largest difference that is left. */
  readonly after: number;
  readonly isPrecision?: true;
  /** True where a run under it was nearer to the reference. */
  readonly isShown?: true;
  /** The changes that it is, with the parameter that was found; null where no run gives what it gives. */
  readonly changes: Changes | null;
  /** What a run under it returns, where `changes` alone do not tell. */
  readonly returned?: Returned;
}

/** What an alternative changes. */
export type Changes = Pick<Alternative, "edit" | "switches" | "results" | "precision">;

/** A finding as an alternative, which a run can be made under; null where it is no change of a run. */
export function alternativeOf({ id, title, changes }: FreeFinding): Alternative | null {
  return changes === null ? null : { id, title, applies: () => true, ...changes };
}
