/**
 * The configuration of a Keras recurrent layer as facts in PyTorch's terms.
 *
 * Sources: keras/src/layers/rnn: lstm.py, gru.py, simple_rnn.py, rnn.py (masks) and bidirectional.py.
 */
import type { KerasRecurrent } from "../../formats/base/declared";
import { text, type Text } from "../../core/text";
import type { CellVariant, Nonlinearity } from "../config";
import type { Assumption, ModuleFacts } from "../facts";
import type { GivenOperand, ModuleGiven } from "../given";
import { gateActivationOf } from "../variant";

type KerasMask = NonNullable<KerasRecurrent["mask"]>;

/** The facts of a layer, out of its configuration. */
export function kerasFacts(module: KerasRecurrent): ModuleFacts {
  const { cell, activation, goBackwards, backward, timeMajor } = module;
  const output = outputDepartures(module);
  return {
    framework: "Keras",
    batchFirst: timeMajor !== true,
    nonlinearity: cell === "RNN" ? nonlinearityOf(activation) : null,
    dropout: null,
    variant: variantOf(module),
    reverseOnly: goBackwards === true && backward === null,
    assumed: assumedOf(module),
    departures: [...classDepartures(module), ...output],
    refusals: strangeActivations(module),
    kerasOutput: {
      isLastOnly: module.returnSequences === false,
      isReversed: goBackwards === true && backward === null,
      mergeMode: joinOf(module),
      isSwapped: goBackwards === true && backward !== null,
      departures: output,
    },
    given: givenOf(module),
  };
}

function nonlinearityOf(activation: string | null): Nonlinearity | null {
  return activation === "tanh" || activation === "relu" ? activation : null;
}

/** hard_sigmoid is 0.2·x + 0.5 in Keras 2, and x / 6 + 0.5 in Keras 3. */
function variantOf({
  cell,
  resetAfter,
  recurrentActivation,
  kerasMajor,
}: KerasRecurrent): Partial<CellVariant> {
  const isHard = cell !== "RNN" && recurrentActivation === "hard_sigmoid";
  const hard = (kerasMajor ?? 2) < 3 ? "hard_sigmoid" : "hard_sigmoid_keras3";
  return {
    ...(cell === "GRU" && resetAfter !== null ? { resetAfter } : {}),
    ...(isHard ? { gateActivation: gateActivationOf(hard) } : {}),
  };
}

/** A file of weights alone has no configuration: a layer has an activation in it. */
export function isConfigured({ activation }: KerasRecurrent): boolean {
  return activation !== null;
}

/** Keras' defaults that stand for what weights alone do not tell. */
function assumedOf(module: KerasRecurrent): readonly Assumption[] {
  if (isConfigured(module)) return [];
  const { cell, recurrentActivation, resetAfter, isCudnn, backward } = module;
  const assumed: Assumption[] = [];
  // A layer of cuDNN has no other activations.
  if (cell !== "RNN" && !isCudnn) {
    const sentence =
      recurrentActivation === null
        ? text("tanh and sigmoid are assumed, Keras' default activations")
        : text("tanh and {0} are assumed, the default activations of Keras 1", recurrentActivation);
    assumed.push({ option: "gateActivation", sentence });
  }
  if (cell === "GRU" && resetAfter === null) {
    const sentence = text(
      "reset_after = True is assumed, Keras' default, which a GRU without bias does not tell",
    );
    assumed.push({ option: "resetAfter", sentence });
  }
  return [
    ...assumed,
    backward === null
      ? {
          option: "reverse",
          sentence: text("go_backwards = False is assumed, which weights alone do not tell"),
        }
      : {
          option: null,
          sentence: text("merge_mode = concat is assumed, which weights alone do not tell"),
        },
  ];
}

/** How the halves are joined, where that is neither side by side nor not at all. */
function joinOf({ backward, mergeMode }: KerasRecurrent): string | null {
  return backward === null || mergeMode === "concat" || mergeMode === "null" ? null : mergeMode;
}

function classDepartures({ customClass, cell }: KerasRecurrent): readonly Text[] {
  if (customClass === null) return [];
  return [
    text(
      "its class is {0}, which may compute otherwise than the {1} that it is run as",
      customClass,
      cell,
    ),
  ];
}

/** How its outputs differ from those of a run. */
function outputDepartures(module: KerasRecurrent): readonly Text[] {
  const { goBackwards, backward } = module;
  const joined = joinOf(module);
  const found: Text[] = [];
  if (joined !== null) {
    found.push(text("Bidirectional joins its halves by {0}; a run puts them side by side", joined));
  }
  if (goBackwards === true) {
    found.push(
      backward === null
        ? text(
            "go_backwards: it reads the last step first, and Keras gives its outputs in that order",
          )
        : text("go_backwards: the layer called forward reads the last step first"),
    );
  }
  return found;
}

/** Activations that no cell of ours has. */
function strangeActivations({ cell, activation, recurrentActivation }: KerasRecurrent): Text[] {
  const found: Text[] = [];
  const known = cell === "RNN" ? ["tanh", "relu"] : ["tanh"];
  if (activation !== null && !known.includes(activation)) {
    found.push(text("its activation is {0} in place of tanh, which is not computed", activation));
  }
  const gates = cell === "RNN" ? "sigmoid" : (recurrentActivation ?? "sigmoid");
  if (gates !== "sigmoid" && gates !== "hard_sigmoid") {
    found.push(
      text("its gates are squashed by {0} in place of sigmoid, which is not computed", gates),
    );
  }
  return found;
}

/** The other inputs of the layer: a mask, states of another layer. */
function givenOf({ cell, mask, statesFrom, readsFrom }: KerasRecurrent): ModuleGiven {
  const states = (name: "h0" | "c0"): GivenOperand => ({
    entry: null,
    sentence: text(
      "{0} is what the layer {1} leaves: give it, else it is zeros",
      name,
      statesFrom ?? "",
    ),
  });
  return {
    ...(readsFrom === null
      ? {}
      : { input: text("its input is what the layer {0} gives", readsFrom) }),
    ...(statesFrom === null ? {} : { h0: states("h0") }),
    ...(statesFrom === null || cell !== "LSTM" ? {} : { c0: states("c0") }),
    ...(mask === null ? {} : { lengths: lengthsOf(mask) }),
  };
}

function lengthsOf({ layer, kind, value, isDirect }: KerasMask): GivenOperand {
  if (!isDirect) {
    const sentence = text(
      "steps that {0} ({1}) masks are skipped: give lengths where sequences are padded",
      ...([kind, layer] as const),
    );
    return { entry: null, sentence };
  }
  return kind === "Masking"
    ? {
        entry: null,
        sentence: text(
          "Masking ({0}) stands before it: steps of {1} alone are padding",
          layer,
          value,
        ),
        padding: { of: "features", value },
      }
    : {
        entry: null,
        sentence: text("Embedding ({0}) has mask_zero: tokens 0 are padding", layer),
        padding: { of: "tokens", value },
      };
}
