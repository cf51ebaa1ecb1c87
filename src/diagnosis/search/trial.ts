/**
 * Runs a case under alternatives, one or two at once: edits first, then the forward, then its results.
 */
import type { Alternative } from "../alternatives/alternative";
import { lazyLayers } from "../base/lazyLayers";
import type { Case, LayerParameters, Model, Returned } from "../base/model";
import { partOf, type Part } from "../base/part";
import { forwardUnder, type ForwardOptions, type Run } from "../forward/forward";
import { layOut, resultsOf, type Results } from "../forward/returned";
import { switchesOf, type Switches } from "../forward/switches";

/** True where an alternative changes nothing before the results: the right states serve it. */
export function usesRightStates({ edit, switches }: Alternative): boolean {
  return edit === undefined && switches === undefined;
}

/**
 * The switches of alternatives together. Of two that turn the same one, the narrower is the one that turns fewer; null
 * where neither is.
 */
export function switchesUnder(the: Case, alternatives: readonly Alternative[]): Switches | null {
  const widths = new Map<string, number>();
  const all = alternatives.map(({ switches = {} }) => switches);
  let merged: Switches = switchesOf(the.model.config);
  for (const switches of all.sort((left, right) => widthOf(right) - widthOf(left))) {
    const width = widthOf(switches);
    for (const name of Object.keys(switches)) {
      if (widths.get(name) === width) return null;
      widths.set(name, width);
    }
    merged = { ...merged, ...switches };
  }
  return merged;
}

function widthOf(switches: object): number {
  return Object.keys(switches).length;
}

/**
 * The model that alternatives make of a case, one after another. What they have left as it was, or made anew with the
 * same values, is the case's own: nothing of it is run again.
 */
export function modelUnder(the: Case, alternatives: readonly Alternative[]): Model {
  const edited = alternatives.reduce((model, { edit }) => edit?.(model, the) ?? model, the.model);
  return edited === the.model ? edited : sharing(edited, the.model);
}

/** The model with the arrays of another one where the values are the same. */
function sharing(model: Model, own: Model): Model {
  return {
    ...model,
    input: sameOr(model.input, own.input),
    h0: sameOr(model.h0, own.h0),
    c0: sameOr(model.c0, own.c0),
    lengths: sameOr(model.lengths, own.lengths),
    layers:
      model.layers === own.layers
        ? own.layers
        : lazyLayers(own.layers, (layer, at) =>
            sharedWeights(model.layers[layer]![at]!, own.layers[layer]![at]!),
          ),
  };
}

function sharedWeights(weights: LayerParameters, own: LayerParameters): LayerParameters {
  if (weights === own) return own;
  const shared = {
    ...weights,
    weightIh: sameOr(weights.weightIh, own.weightIh),
    weightHh: sameOr(weights.weightHh, own.weightHh),
    biasIh: sameOr(weights.biasIh, own.biasIh),
    biasHh: sameOr(weights.biasHh, own.biasHh),
    weightHr: sameOr(weights.weightHr, own.weightHr),
    peephole: sameOr(weights.peephole, own.peephole),
  };
  const names = Object.keys(own) as (keyof LayerParameters)[];
  return names.every((name) => shared[name] === own[name]) ? own : shared;
}

/** `own` where both have the same values. */
function sameOr<Values extends Float64Array | Int32Array | null>(
  values: Values,
  own: Values,
): Values {
  if (values === own || values === null || values.length !== own?.length) return values;
  for (let k = 0; k < own.length; k++) if (values[k] !== own[k]) return values;
  return own;
}

/** The states of a case under alternatives; null where they exclude each other, or the run was ended. */
export function runUnder(
  the: Case,
  alternatives: readonly Alternative[],
  options: ForwardOptions = {},
): Run | null {
  const edited = editedBy(the, alternatives);
  return edited && forwardUnder(edited.model, edited.switches, options);
}

/** What a run under alternatives computes with. */
export interface Edited {
  readonly model: Model;
  readonly switches: Switches;
}

/** The model and the switches under alternatives; null where they exclude each other. */
export function editedBy(the: Case, alternatives: readonly Alternative[]): Edited | null {
  const switches = switchesUnder(the, alternatives);
  return switches && { model: modelUnder(the, alternatives), switches };
}

/** The states of a part of an edited run. `right` are its states under no alternative; null where the run was ended. */
export function runPart(
  the: Case,
  { model, switches }: Edited,
  { part, right }: { readonly part: Part; readonly right: Run },
  options: ForwardOptions = {},
): Run | null {
  const own = partOf(model, part, { whole: the.model, part: right.model });
  return forwardUnder(own, switches, { ...options, known: right });
}

/** What is returned from the states of a run under alternatives. */
export function returnedUnder(the: Case, run: Run, alternatives: readonly Alternative[]): Returned {
  const results = alternatives.reduce<Results>(
    (own, alternative) => alternative.results?.(own, the) ?? own,
    resultsOf(run),
  );
  return alternatives.reduce<Returned>(
    (own, alternative) => alternative.layout?.(own, results, the) ?? own,
    layOut(results, the),
  );
}
