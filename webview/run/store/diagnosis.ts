/**
 * The diagnosis of the run on screen: when it is asked for, and how far it is.
 */
import type { Text } from "../../../src/core/text";
import { text } from "../../../src/core/text";
import type { DiagnosisView } from "../../../src/protocol/run/diagnosisMessages";
import type { HostEvents, RunView, ViewRequests } from "../../../src/protocol/run/messages";
import { sameShape } from "../../../src/tensor/tensor";
import { RemoteError, type RpcClient } from "../../../src/protocol/rpc";

export type DiagnosisState =
  /** Not asked for. */
  | { readonly kind: "none" }
  | {
      readonly kind: "searching";
      readonly fraction: number;
      /** What is being done, or what the run looks like so far; null before the first word of it. */
      readonly activity: Text | null;
    }
  | { readonly kind: "found"; readonly answer: DiagnosisView }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly problem: Text };

/** True for a run with values and with a reference, or with an output of the user's own. */
export function canBeDiagnosed({ lanes, verdicts, own }: RunView): boolean {
  return lanes.length > 0 && (verdicts.length > 0 || own !== undefined);
}

/** True where a diagnosis is asked for by itself; of the others it tells what they cannot show. */
export function needsReason(run: RunView): boolean {
  const isWrong = [...run.verdicts, ...(run.own?.withRun ?? [])].some(
    ({ verdict }) => verdict === "differs" || verdict === "cannot-compare",
  );
  // A tensor of another shape is what a mistake may have made, even where its values agree.
  const isReshaped = run.verdicts.some(
    ({ readAs, found, expected }) => readAs !== undefined && !sameShape(found, expected),
  );
  return canBeDiagnosed(run) && (isWrong || isReshaped || run.under.length > 0);
}

/** What is known of `next`: the diagnosis is of the run itself, whatever mistake it is shown under. */
export function diagnosisOf(
  { run, diagnosis }: { readonly run: RunView | null; readonly diagnosis: DiagnosisState },
  next: RunView | null,
): DiagnosisState {
  const isSame = run !== null && run.revision === next?.revision;
  const isShown = next !== null && next.under.length > 0;
  return isSame || isShown ? diagnosis : { kind: "none" };
}

/** What was found so far. */
export function findingsOf(diagnosis: DiagnosisState): DiagnosisView["findings"] {
  return diagnosis.kind === "found" ? diagnosis.answer.findings : [];
}

/** Mistakes that lanes without a reference can be shown beside; none where nothing was found that can be applied. */
export function besideOf({
  run,
  diagnosis,
}: {
  readonly run: RunView | null;
  readonly diagnosis: DiagnosisState;
}): readonly string[] {
  if (run === null || run.under.length > 0 || diagnosis.kind !== "found") return [];
  return diagnosis.answer.findings[0]?.under ?? [];
}

/** Never throws: a failure is shown where the answer would stand. */
export async function askDiagnosis(
  client: RpcClient<ViewRequests, HostEvents>,
): Promise<DiagnosisState> {
  try {
    return { kind: "found", answer: await client.request("run/diagnose", null) };
  } catch (error) {
    if (!(error instanceof RemoteError)) {
      return {
        kind: "failed",
        problem: text("Unexpected error, please report it: {0}", String(error)),
      };
    }
    return error.tag === "cancelled"
      ? { kind: "cancelled" }
      : { kind: "failed", problem: error.text };
  }
}
