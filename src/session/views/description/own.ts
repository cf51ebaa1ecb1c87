/**
 * What the user's own implementation gave, beside the run and the reference: who stands alone.
 */
import { text, type Text } from "../../../core/text";
import type {
  OwnComparison,
  OwnView,
  StandsAlone,
  VerdictView,
} from "../../../protocol/run/verdictMessages";
import { encodeNumber } from "../../../protocol/wire";
import type { ComparedTensor } from "../../../run/compare";
import type { RunResult } from "../../../run/execute";
import { formatShape } from "../../../tensor/tensor";
import { verdictSentence } from "./verdictSentence";

/** The third tensor of a run; nothing where it is not given. */
export function ownPart(
  result: RunResult | null,
  verdicts: readonly VerdictView[],
): { readonly own?: OwnView } {
  const own = result?.own ?? null;
  if (result === null || own === null) return {};
  const withRun = own.withRun.map((tensor) => comparisonOf(tensor, result));
  const withReference = own.withReference.map((tensor) => comparisonOf(tensor, result));
  const of = <Named extends Pick<OwnComparison, "name">>(all: readonly Named[], name: string) =>
    all.filter((one) => one.name === name);
  const each = withReference.map(
    ({ name }) =>
      [name, aloneOf(of(verdicts, name), of(withRun, name), of(withReference, name))] as const,
  );
  return {
    own: {
      withRun,
      withReference,
      each: Object.fromEntries(each),
      ...aloneOf(verdicts, withRun, withReference),
    },
  };
}

function comparisonOf(compared: ComparedTensor, { inputs }: RunResult): OwnComparison {
  const { name, comparison, found, expected, reading } = compared;
  if (comparison === null) {
    return {
      name,
      verdict: "cannot-compare",
      maxAbs: "NaN",
      outside: 0,
      total: 0,
      unjudged: 0,
      first: null,
      sentence: text(
        "{0} cannot be compared: the run gives {1}, yours is {2}",
        name,
        formatShape(expected),
        formatShape(found),
      ),
    };
  }
  const { verdict, maxAbs, outside, total, unjudged, first } = comparison;
  const isKnown = unjudged === 0 || unjudged < total;
  return {
    name,
    outside,
    total,
    unjudged,
    first: first?.layer == null ? null : first,
    verdict: isKnown ? verdict : "cannot-compare",
    maxAbs: encodeNumber(maxAbs),
    sentence: verdictSentence(name, comparison, inputs.precision),
    ...(reading === undefined
      ? {}
      : { readAs: text("given as {0}, read as: {1}", formatShape(found), reading) }),
  };
}

function agree(compared: readonly Pick<OwnComparison, "verdict">[]): boolean {
  return compared.every(({ verdict }) => verdict === "equal" || verdict === "rounding");
}

function aloneOf(
  verdicts: readonly VerdictView[],
  withRun: readonly OwnComparison[],
  withReference: readonly OwnComparison[],
): StandsAlone {
  const isRight = agree(withRun);
  if (verdicts.length === 0) return { alone: null, sentence: withoutReference(isRight) };
  const isReferenceRight = agree(verdicts);
  if (isReferenceRight && isRight) {
    return {
      alone: null,
      sentence: text("the reference and your own output both agree with the run"),
    };
  }
  if (isReferenceRight) {
    return { alone: "own", sentence: text("your own output stands alone: the reference is right") };
  }
  if (isRight) {
    return {
      alone: "reference",
      sentence: text("the reference stands alone: your own output is right"),
    };
  }
  const differ = withReference.some(({ verdict }) => verdict === "differs");
  if (!differ && withReference.some(({ unjudged }) => unjudged > 0)) {
    return {
      alone: null,
      sentence: text(
        "your own output and the reference both differ from the run; whether they agree with each other cannot be known",
      ),
    };
  }
  if (withReference.length > 0 && agree(withReference)) {
    return {
      alone: "run",
      sentence: text(
        "your own output and the reference agree with each other and differ from the run: both have the same mistake, or the run has other options than both",
      ),
    };
  }
  return {
    alone: null,
    sentence: text("the run, the reference and your own output all differ from each other"),
  };
}

function withoutReference(isRight: boolean): Text {
  return isRight
    ? text("your own output agrees with the run")
    : text("your own output differs from the run");
}
