/**
 * What is known of a key of a run file: type, default, explanation, flag, and control of the toolbar.
 */
import type { Text } from "../../core/text";
import type { CellKind } from "../../model/config";

/** The type of a key's value. */
export type Kind =
  /** true or false; its flag is given or not. */
  | "switch"
  /** true or false; its flag takes one of the two. */
  | "boolean"
  | "choice"
  /** The activation of gates: a name, or a line's slope and value at 0. */
  | "gateActivation"
  /** A number larger than 0. */
  | "positive"
  /** A whole number that is 1 or larger. */
  | "count"
  /** A number that is 0 or larger. */
  | "tolerance"
  /** The name of a layer, or null for none. */
  | "layer"
  /** A tensor in a file, `file#tensor`. */
  | "tensor"
  /** A file of tensors. */
  | "archive"
  /** A file of text. */
  | "file"
  /** Lengths in a list, or a tensor of them. */
  | "lengths"
  /** A map of a module, or the file that holds it. */
  | "map"
  /** Names of engines in a list. */
  | "engines";

/** A sentence, or a name that is the same in every language. */
export type Label = Text | string;

/** A key of a run file. */
export interface Key {
  readonly kind: Kind;
  /** The values of a choice; null stands for none. */
  readonly values?: readonly (string | null)[];
  /** The meaning of each value, in the order of `values`; for the schema. */
  readonly meanings?: readonly string[];
  /** The default, if it is one value. */
  readonly default?: boolean | number | string;
  /** Cells that it means something to; all when not given. */
  readonly cells?: readonly CellKind[];
  /** Says something of a run, not of its module: what is exported of a module does not take it. */
  readonly isOfRun?: true;
  /** Its description in the schema. */
  readonly description: string;
  readonly examples?: readonly string[];
  /** Its flag, without dashes; none when several keys share one. */
  readonly flag?: string;
  /** The placeholder of the flag's value in the help, if it does not follow from the kind. */
  readonly takes?: string;
  /** The explanation of the flag in the help, line by line. */
  readonly help?: readonly string[];
  /** Its control in the toolbar: a label, and the labels of its values if they differ from their names. */
  readonly toolbar?: {
    readonly label: Label;
    readonly labels?: Readonly<Record<string, Label>>;
  };
  /** PyTorch's name for it. */
  readonly argument?: string;
}

/** Keys by their names. */
export type Keys = Readonly<Record<string, Key>>;
