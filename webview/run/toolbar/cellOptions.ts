/**
 * The choices of the toolbar that some cells have: activation, gates, and where a GRU's reset gate acts.
 */
import { nothing, type TemplateResult } from "lit";
import type { RunView } from "../../../src/protocol/run/messages";
import { t } from "../../shared/l10n";
import type { Store } from "../store/store";
import { choiceList } from "../../shared/choiceList";

type GateActivation = RunView["options"]["gateActivation"];

const GATE_ACTIVATIONS = ["sigmoid", "hard_sigmoid", "hard_sigmoid_keras3"] as const;

/** What a cell can be told to compute; nothing without a module. */
export function cellOptions(
  store: Store,
  { config, options, spec, unknown }: RunView,
): readonly (TemplateResult | typeof nothing)[] {
  if (config === null) return [];
  const { cell } = config;
  return [
    cell === "RNN"
      ? nonlinearityChoice(
          store,
          options.nonlinearity,
          spec.options?.nonlinearity === undefined && unknown.includes("nonlinearity"),
        )
      : gateChoice(store, options.gateActivation),
    cell === "GRU" ? resetChoice(store, options.resetAfter) : nothing,
  ];
}

function nonlinearityChoice(store: Store, value: string, isAssumed: boolean): TemplateResult {
  return choiceList({
    label: t("activation"),
    named: true,
    value,
    options: [
      ["tanh", "tanh"],
      ["relu", "relu"],
    ],
    hint: isAssumed ? t("assumed: the file does not say") : "",
    change: (name) => {
      store.send("run/change", { nonlinearity: name === "relu" ? "relu" : "tanh" });
    },
  });
}

/** The line of a hard sigmoid that has no name is listed while it is chosen. */
function gateChoice(store: Store, option: GateActivation): TemplateResult {
  const own = typeof option === "string" ? [] : [ownName(option)];
  return choiceList({
    label: t("gates"),
    named: true,
    value: typeof option === "string" ? option : ownName(option),
    options: [...GATE_ACTIVATIONS, ...own].map((name) => [name, labelOf(name)] as const),
    change: (name) => {
      const gateActivation = GATE_ACTIVATIONS.find((each) => each === name);
      if (gateActivation !== undefined) store.send("run/change", { gateActivation });
    },
  });
}

function ownName({ alpha, beta }: { readonly alpha: number; readonly beta: number }): string {
  return `${alpha}·x + ${beta}`;
}

function labelOf(name: string): string {
  if (name === "hard_sigmoid") return t("hard sigmoid, 0.2·x + 0.5");
  if (name === "hard_sigmoid_keras3") return t("hard sigmoid, x/6 + 0.5");
  return name;
}

function resetChoice(store: Store, resetAfter: boolean): TemplateResult {
  return choiceList({
    label: t("reset"),
    named: true,
    value: String(resetAfter),
    options: [
      ["true", t("after the product")],
      ["false", t("before the product")],
    ],
    change: (name) => {
      store.send("run/change", { resetAfter: name === "true" });
    },
  });
}
