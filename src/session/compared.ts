/**
 * A run compared with engines that are not ours: they compute it as well, and what they give is its reference.
 */
import { controlOfPart, type RunControl } from "../core/control";
import { NotFoundError } from "../core/errors";
import { text } from "../core/text";
import type { EngineProblem, EngineView, ShownReference } from "../protocol/run/comparedMessages";
import type { RunView } from "../protocol/run/messages";
import { withAnswer } from "../reference/answer";
import {
  engineTitles,
  type EngineChoice,
  type ReferenceAnswer,
  type ReferenceOutcome,
  type ReferenceUnavailable,
} from "../reference/engine";
import type { ReferenceEngines } from "../reference/engines";
import { givesReference } from "../run/execute";
import type { RunInputs } from "../run/inputs";
import { execute, viewOf, type Opened, type SessionOptions } from "./open";
import { sessionOf } from "./openSession";
import type { Session } from "./session";
import { tableOf } from "./views/agreement";

/** Shares of the time: the engines, then the comparison. */
const enginesShare = 0.8;

/**
 * The session with engines as its references. Where files give a reference, that one stays what is shown, and the engines
 * stand beside it; an engine that gives no answer is a problem of the view and no error.
 * @throws NotFoundError for a run without values, CancelledError when `control` says so.
 */
export async function comparedSession(
  session: Session,
  engines: ReferenceEngines,
  choices: readonly EngineChoice[],
  options: SessionOptions,
): Promise<Session> {
  const { inputs, opened } = session;
  if (inputs === null || opened === null) {
    throw new NotFoundError(
      session.view.labels.weights,
      text("the run has no values, see its shapes"),
    );
  }
  const own = session.filed ?? inputs;
  const outcomes = await outcomesOf(engines, choices, { inputs: own, opened }, options.control);
  const answers = outcomes.filter((outcome) => outcome.kind === "answer");
  const problems = outcomes.filter((outcome) => outcome.kind === "unavailable").map(problemOf);
  const hasFile = givesReference(own);
  const [first] = answers;
  const shown = hasFile ? "file" : shownOf(first);
  const rest = controlOfPart(options.control, enginesShare, 1);
  const shownInputs = hasFile || first === undefined ? own : withAnswer(own, first);
  const started = performance.now();
  const result = await execute(shownInputs, { ...options, control: rest });
  try {
    const table = tableOf(result, hasFile ? own : null, answers, rest);
    const base = await viewOf(opened, result, options, performance.now() - started);
    const compared = { engines: answers.map(engineView), problems, shown, table };
    const view = { ...base, ...labelled(base, hasFile ? undefined : first), compared };
    const details = { ...base.details, elapsedMs: session.view.details.elapsedMs };
    const isEngineShown = !hasFile && first !== undefined;
    const comparison = { filed: own, answers, isEngineShown };
    return sessionOf(opened, { ...view, details }, result, { ...options, comparison });
  } catch (error) {
    result.trace.dispose();
    throw error;
  }
}

function shownOf(answer: ReferenceAnswer | undefined): ShownReference | null {
  return answer === undefined ? null : answer.engine;
}

async function outcomesOf(
  engines: ReferenceEngines,
  choices: readonly EngineChoice[],
  { inputs, opened }: { readonly inputs: RunInputs; readonly opened: Opened },
  control: RunControl,
): Promise<ReferenceOutcome[]> {
  const { spec, loaded } = opened;
  const file = {
    location: spec.weights.file,
    format: loaded.weights.format,
    module: loaded.module.prefix,
  };
  const outcomes: ReferenceOutcome[] = [];
  for (const [at, choice] of choices.entries()) {
    const from = (at / choices.length) * enginesShare;
    const part = controlOfPart(control, from, from + enginesShare / choices.length);
    outcomes.push(await engines.run({ choice, inputs, file, graph: loaded.graph }, part));
  }
  return outcomes;
}

/** An answer without its values. */
export function engineView({
  engine: id,
  version,
  dtype,
  device,
  tensors,
  states,
  gradients = [],
  notCovered,
  milliseconds,
}: ReferenceAnswer): EngineView {
  const quantities = new Set(states.map(({ quantity }) => quantity));
  const gates = [...quantities].some((quantity) => quantity !== "h" && quantity !== "c");
  const inside = ["h", "c"].filter((quantity) => quantities.has(quantity));
  return {
    id,
    title: engineTitles[id],
    version,
    dtype,
    device,
    covers: [
      ...Object.keys(tensors),
      ...inside,
      ...(gates ? ["gates"] : []),
      ...(gradients.length > 0 ? ["gradients"] : []),
    ],
    notCovered,
    milliseconds,
  };
}

function problemOf({ engine: id, why, sentence, remedy }: ReferenceUnavailable): EngineProblem {
  return { id, title: engineTitles[id], why, sentence, remedy };
}

/** `ONNX Runtime 1.30.0 (WASM, CPU, float32)` in the place of a file, and what is to be known of the answer. */
function labelled(
  { labels, notes }: RunView,
  answer: ReferenceAnswer | undefined,
): Pick<RunView, "labels" | "notes"> {
  if (answer === undefined) return { labels, notes };
  const missing = answer.notCovered.map(({ what, reason }) =>
    text("{0} does not give {1}: {2}", engineTitles[answer.engine], what, reason),
  );
  const reference = answerName(answer);
  return { labels: { ...labels, reference }, notes: [...answer.notes, ...missing, ...notes] };
}

/** An engine as sentences and labels call it; names alone, which no language translates. */
function answerName({
  engine,
  version,
  device,
  dtype,
}: Pick<ReferenceAnswer, "engine" | "version" | "device" | "dtype">): string {
  return `${engineTitles[engine]} ${version} (${device}, ${dtype})`;
}
