/**
 * The lines that describe a recurrent module in lists.
 */
import type { Text } from "../core/text";
import type { Framework } from "../model/facts";

export interface ModuleLines {
  /** e.g. `rnn.`; empty when the names carry no prefix. */
  readonly prefix: string;
  /** e.g. `nn.LSTM(10, 20, num_layers=3, bidirectional=True)`. */
  readonly constructorLine: string;
  /** Constructor arguments that the file does not tell, e.g. `batch_first`, `dropout`. */
  readonly unknown: readonly string[];
  /** What it computes otherwise than torch.nn's, a sentence each. */
  readonly departures: readonly Text[];
  /** What its tensors were recognised as, what was assumed, and which layers stand around it; a sentence each. */
  readonly remarks: readonly Text[];
  readonly framework: Framework;
  /** Constructors of the layers around it, e.g. `nn.Embedding(50, 8)`; null where none fits. */
  readonly embedding: string | null;
  readonly linear: string | null;
}
