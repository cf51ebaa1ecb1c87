/**
 * Runs a case under alternatives, one or two at once: edits first, then the forward, then its results.
 */
import type { Alternative } from "../alternatives/alternative";
import type { Case, Model, Returned } from "../base/model";
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

/** The model that alternatives make of a case, one after another. */
export function modelUnder(the: Case, alternatives: readonly Alternative[]): Model {
  return alternatives.reduce((model, { edit }) => edit?.(model, the) ?? model, the.model);
}

/** The states of a case under alternatives; null where they exclude each other, or the run was ended. */
export function runUnder(
  the: Case,
  alternatives: readonly Alternative[],
  options: ForwardOptions = {},
): Run | null {
  const switches = switchesUnder(the, alternatives);
  return switches && forwardUnder(modelUnder(the, alternatives), switches, options);
}

/** As `runUnder`, of a part of the run. `right` are its states under no alternative. */
export function runPartUnder(
  the: Case,
  alternatives: readonly Alternative[],
  { part, right }: { readonly part: Part; readonly right: Run },
  options: ForwardOptions = {},
): Run | null {
  const switches = switchesUnder(the, alternatives);
  if (switches === null) return null;
  const whole = modelUnder(the, alternatives);
  const model = partOf(whole, part, { whole: the.model, part: right.model });
  return forwardUnder(model, switches, { ...options, known: right });
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
