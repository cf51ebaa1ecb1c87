/**
 * The layers around a module, described for the panel and for reports.
 */
import type { FirstOf } from "../../../analysis/first";
import type { LaneContext, Lane } from "../../../analysis/lanes";
import { headSource, heads } from "../../../model/find/head";
import { embeddingLine, linearLine } from "../../../model/find/surrounding";
import type { Head, SurroundingView } from "../../../protocol/run/surroundingMessages";
import type { VerdictView } from "../../../protocol/run/verdictMessages";
import type { LoadedRun } from "../../../run/load/load";
import { firstWords, wordsIn, type Vocabulary } from "../../../run/load/vocabulary";
import type { Results } from "../../../run/results";
import { cut, visible } from "../../../core/text";

const LONGEST_WORD = 40;

/** The layers around the module; null where there are none. */
export function describeSurrounding({
  config,
  surrounding,
  vocabulary,
  classes,
}: LoadedRun): SurroundingView | null {
  const { embedding, linear, tokens, head } = surrounding;
  if (embedding === null && linear === null) return null;
  const features = linear?.weight.shape[1] ?? 0;
  return {
    embedding:
      embedding === null
        ? null
        : {
            name: embedding.name,
            constructorLine: embeddingLine(embedding),
            isUsed: tokens !== null,
          },
    linear:
      linear === null
        ? null
        : {
            name: linear.name,
            constructorLine: linearLine(linear),
            isTied: linear.isTied,
          },
    ...(tokens === null || vocabulary === null
      ? {}
      : { words: shown(wordsIn(vocabulary, tokens)) }),
    ...classesOf(surrounding, classes ?? vocabulary, classes !== null),
    head,
    heads: heads.filter((each) => headSource(config, each, features) !== null),
  };
}

/** What logits stand for: what a file says, or, where there is one for each token, the words of these. */
function classesOf(
  { embedding, linear }: LoadedRun["surrounding"],
  names: Vocabulary | null,
  areClasses: boolean,
): Pick<SurroundingView, "classes"> {
  const count = linear?.weight.shape[0] ?? 0;
  const isNamed = areClasses || count === embedding?.weight.shape[0];
  return names === null || count === 0 || !isNamed
    ? {}
    : { classes: shown(firstWords(names, count)) };
}

/** As short as a cell has room for, and nothing in them that steers what shows them. */
function shown(words: readonly (readonly [number, string])[]): (readonly [number, string])[] {
  return words.map(([token, word]) => [token, cut(visible(word), LONGEST_WORD)] as const);
}

/** The data of a run for readers of a lane: logits of a single step have neither other steps nor padding. */
export function laneContext(
  lane: Pick<Lane, "id">,
  context: LaneContext,
  { logits }: Pick<Results, "logits">,
): LaneContext {
  const isFinal = lane.id === "logits" && logits?.head !== "every";
  return isFinal ? { ...context, seqLength: 1, lengths: null } : context;
}

/** The place where a tensor first differs: in the network, or among the elements of a layer around it. */
export function firstOutside(
  { name, first }: FirstOf,
  head: Head | null,
): Pick<VerdictView, "first" | "firstElement"> {
  if (first?.layer !== null) return { first: first ?? null };
  const { step, batch, unit } = first;
  const hasSteps = name === "embedded" || head === "every";
  return { first: null, firstElement: { step: hasSteps ? step : null, batch, unit } };
}
