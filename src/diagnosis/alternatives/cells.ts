/**
 * The equations of the cell written otherwise: gates left out, products for sums, the wrong state, another activation.
 */
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import * as functions from "../forward/activations";
import type { Activation } from "../forward/activations";
import type { GruUpdate, LstmUpdate, Switches } from "../forward/switches";
import {
  all,
  always,
  hasBias,
  hasPeephole,
  hasProjection,
  hasSigmoid,
  hasTanh,
  isCell,
  isGated,
  isGru,
  isLstm,
  isRelu,
  type Condition,
} from "./conditions";
import { eachLayer } from "./edits";

function switched(
  id: string,
  title: Text,
  applies: Condition,
  switches: Partial<Switches>,
): Alternative {
  return { id, title, applies, switches };
}

function lstm(name: string, title: Text, update: LstmUpdate): Alternative {
  return switched(`lstm/${name}`, title, isPlainLstm, { lstm: update });
}

/** An LSTM whose forget gate is not coupled already. */
const isPlainLstm: Condition = (the) => isLstm(the) && !the.model.config.variant.coupledInputForget;

/** A GRU whose reset gate stands where PyTorch has it. */
const isPlainGru: Condition = (the) => isGru(the) && the.model.config.variant.resetAfter;

const lstmAlternatives: readonly Alternative[] = [
  {
    id: "lstm/forget-bias-one",
    title: text("1 is added to the forget gate's sum at run time"),
    applies: isPlainLstm,
    edit: (model) => {
      const H = model.config.hiddenSize;
      const one = Float64Array.from({ length: 4 * H }, (_, row) =>
        row >= H && row < 2 * H ? 1 : 0,
      );
      return eachLayer(model, (weights) => ({
        ...weights,
        biasIh: weights.biasIh === null ? one : weights.biasIh.map((b, row) => b + one[row]!),
      }));
    },
  },
  lstm("coupled-input-forget", text("the forget gate is 1 − i"), "coupledInputForget"),
  lstm(
    "forget-gate-missing",
    text("the forget gate is left out: c = c′ + i∘g"),
    "forgetGateMissing",
  ),
  lstm("input-gate-missing", text("the input gate is left out: c = f∘c′ + g"), "inputGateMissing"),
  lstm("candidate-added", text("i and g are added instead of multiplied"), "candidateAdded"),
  switched("lstm/cell-tanh-missing", text("tanh of c is left out: h = o∘c"), isLstm, {
    cellTanh: functions.linear,
  }),
  lstm("h-from-previous-c", text("h is made from c of the step before"), "hFromPreviousC"),
  lstm(
    "output-gate-missing",
    text("the output gate is left out: h = tanh(c)"),
    "outputGateMissing",
  ),
  lstm("cell-carried-squashed", text("tanh(c) is carried on in place of c"), "carriedSquashed"),
  {
    id: "lstm/peephole-ignored",
    title: text("the peephole weights are ignored"),
    applies: all(isLstm, hasPeephole),
    edit: (model) => eachLayer(model, (weights) => ({ ...weights, peephole: null })),
  },
  switched(
    "lstm/peephole-output-from-previous-c",
    text("the output gate's peephole looks at c of the step before"),
    all(isPlainLstm, hasPeephole),
    { lstm: "peepholeOutputFromPreviousC" },
  ),
  switched("projection/omitted", text("the projection W_hr is left out"), hasProjection, {
    projection: "omitted",
  }),
  switched(
    "projection/only-at-output",
    text("the projection is applied to what is returned, and not before the recurrence"),
    hasProjection,
    { projection: "onlyAtOutput" },
  ),
];

function gru(name: string, title: Text, update: GruUpdate): Alternative {
  return switched(`gru/${name}`, title, isPlainGru, { gru: update });
}

/** A GRU with the bias of its candidate moved between the input's side and the state's, which r multiplies. */
function candidateBias(
  name: string,
  title: Text,
  move: (ofInput: number, ofState: number) => readonly [number, number],
): Alternative {
  return {
    id: `gru/${name}`,
    title,
    applies: all(isPlainGru, hasBias),
    edit: (model) =>
      eachLayer(model, (weights) => {
        const [biasIh, biasHh] = [weights.biasIh!.slice(), weights.biasHh!.slice()];
        const H = model.config.hiddenSize;
        for (let row = 2 * H; row < 3 * H; row++) {
          [biasIh[row], biasHh[row]] = move(biasIh[row]!, biasHh[row]!);
        }
        return { ...weights, biasIh, biasHh };
      }),
  };
}

const gruAlternatives: readonly Alternative[] = [
  gru(
    "reset-before-product",
    text("the reset gate scales h before the product with W_hn"),
    "resetBeforeProduct",
  ),
  gru("reset-missing", text("the reset gate is left out"), "resetMissing"),
  gru("reset-on-input", text("the reset gate scales the input's term"), "resetOnInput"),
  gru("reset-added", text("the reset gate is added instead of multiplied"), "resetAdded"),
  candidateBias("bias-hn-outside", text("b_hn stands outside r∘( )"), (ofInput, ofState) => [
    ofInput + ofState,
    0,
  ]),
  candidateBias("bias-in-inside", text("b_in stands inside r∘( )"), (ofInput, ofState) => [
    0,
    ofInput + ofState,
  ]),
  gru("update-inverted", text("z and 1 − z are exchanged"), "updateInverted"),
  gru(
    "update-not-complementary",
    text("h is n + z∘h′ instead of (1 − z)∘n + z∘h′"),
    "updateNotComplementary",
  ),
];

/** Another function for every tanh of the cell. */
function everyTanh(
  name: string,
  title: Text,
  activation: Activation,
  applies: Condition = hasTanh,
): Alternative {
  const switches = { tanh: activation, candidate: activation, cellTanh: activation };
  return switched(`activation/${name}`, title, applies, switches);
}

/** Another function for every sigmoid of the gates. */
function everyGate(name: string, title: Text, gate: Activation): Alternative {
  return switched(`activation/${name}`, title, all(isGated, hasSigmoid), { gate });
}

const activationAlternatives: readonly Alternative[] = [
  everyTanh("relu-for-tanh", text("relu stands in place of tanh"), functions.relu),
  everyTanh("tanh-for-relu", text("tanh stands in place of relu"), Math.tanh, isRelu),
  everyTanh("linear", text("the activation is left out"), functions.linear, always),
  everyTanh("sigmoid-for-tanh", text("a sigmoid stands in place of tanh"), functions.sigmoid),
  switched("activation/candidate-sigmoid", text("g is a sigmoid instead of a tanh"), isLstm, {
    candidate: functions.sigmoid,
  }),
  switched("activation/candidate-linear", text("g has no activation"), isLstm, {
    candidate: functions.linear,
  }),
  everyTanh("hard-tanh", text("tanh is limited linear: min(1, max(−1, v))"), functions.hardTanh),
  everyTanh("tanh-pade", text("tanh is approximated by v(27 + v²)/(27 + 9v²)"), functions.tanhPade),
  everyTanh("softsign", text("softsign stands in place of tanh"), functions.softsign),
  everyTanh("gelu", text("GELU stands in place of the activation"), functions.gelu, isCell("RNN")),
  everyGate(
    "hard-sigmoid-keras2",
    text("the gates are hard sigmoids, 0.2·v + 0.5"),
    functions.hardSigmoid(0.2, 0.5),
  ),
  everyGate(
    "hard-sigmoid-keras3",
    text("the gates are hard sigmoids, v/6 + 0.5"),
    functions.hardSigmoid(1 / 6, 0.5),
  ),
  everyGate(
    "fast-sigmoid",
    text("the gates are fast sigmoids, ½ + ½·v/(1 + |v|)"),
    functions.fastSigmoid,
  ),
  everyGate("gates-tanh", text("the gates are tanh instead of sigmoids"), Math.tanh),
];

export const cellAlternatives: readonly Alternative[] = [
  ...lstmAlternatives,
  ...gruAlternatives,
  ...activationAlternatives,
];
