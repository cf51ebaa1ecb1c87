/**
 * The attributes of a pickled torch.nn.RNN, LSTM, GRU or cell, as facts.
 *
 * Source: torch/nn/modules/rnn.py, the attributes that `RNNBase.__init__` and `RNNCellBase.__init__` set.
 */
import type { TorchModule } from "../../formats/base/declared";
import type { Nonlinearity } from "../config";
import { noFacts, type ModuleFacts } from "../facts";

/** The facts of a module; a fact stays unknown when its attribute is missing or has no value that torch writes. */
export function torchFacts({ attributes }: TorchModule): ModuleFacts {
  const batchFirst = attributes.get("batch_first");
  const dropout = attributes.get("dropout");
  return {
    ...noFacts,
    batchFirst: typeof batchFirst === "boolean" ? batchFirst : null,
    nonlinearity: nonlinearityOf(attributes),
    dropout: typeof dropout === "number" && dropout >= 0 && dropout <= 1 ? dropout : null,
  };
}

/** nn.RNN has it in `mode` (and since 2.1 in `nonlinearity` as well), nn.RNNCell in `nonlinearity`. */
function nonlinearityOf(attributes: TorchModule["attributes"]): Nonlinearity | null {
  const named = attributes.get("nonlinearity");
  if (named === "tanh" || named === "relu") return named;
  const mode = attributes.get("mode");
  if (mode === "RNN_TANH") return "tanh";
  return mode === "RNN_RELU" ? "relu" : null;
}
