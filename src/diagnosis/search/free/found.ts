/**
 * What a search for a mistake with a free parameter returns.
 */
import type { Text } from "../../../core/text";
import type { Parameter } from "../../answer";

export interface FreeFinding {
  readonly id: string;
  readonly title: Text;
  readonly parameter: Parameter | null;
  /** Largest difference that is left. */
  readonly after: number;
  readonly isPrecision?: true;
  /** True where a run under it was nearer to the reference. */
  readonly isShown?: true;
}
