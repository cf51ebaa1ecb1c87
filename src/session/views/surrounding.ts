/**
 * The layers around a module, described for the panel and for reports.
 */
import type { FirstOf } from "../../analysis/first";
import type { LaneContext, Lane } from "../../analysis/lanes";
import { headSource, heads } from "../../model/find/head";
import { embeddingLine, linearLine } from "../../model/find/surrounding";
import type { Head, SurroundingView } from "../../protocol/run/surroundingMessages";
import type { VerdictView } from "../../protocol/run/messages";
import type { LoadedRun } from "../../run/load/load";
import type { Results } from "../../run/results";

/** The layers around the module; null where there are none. */
export function describeSurrounding({ config, surrounding }: LoadedRun): SurroundingView | null {
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
    head,
    heads: heads.filter((each) => headSource(config, each, features) !== null),
  };
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
