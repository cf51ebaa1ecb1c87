/**
 * The verdict of a tensor where its difference is a matter of precision.
 */
import { grouped } from "../../core/numeric";
import { text, type Text } from "../../core/text";
import type { ReducedPrecision } from "../../diagnosis/answer";
import { decodeNumber } from "../wire";
import type { VerdictView } from "./verdictMessages";

/** What a diagnosis explains; layers around the module have no part in it. */
const explained: ReadonlySet<VerdictView["name"]> = new Set(["output", "h_n", "c_n"]);

/** True where a diagnosis could find that a tensor's difference is a matter of precision. */
export function mayBeReduced({ name, verdict, maxAbs }: VerdictView): boolean {
  return verdict === "differs" && explained.has(name) && Number.isFinite(decodeNumber(maxAbs));
}

/** The precision that a tensor's difference is a matter of, such as bfloat16; null where it is not. */
export function reducedTo(
  verdict: VerdictView,
  precision: ReducedPrecision | null | undefined,
): Text | null {
  if (precision == null || !mayBeReduced(verdict)) return null;
  return decodeNumber(verdict.maxAbs) <= precision.most ? precision.name : null;
}

/** What is said of a run that differs only by its precision. */
export function acceptance({ option }: ReducedPrecision): Text {
  return option === null
    ? text('to let it pass, allow for it: "tolerance"')
    : text('to let it pass, run in it ("precision": "{0}") or allow for it ("tolerance")', option);
}

/** The precision that every difference of a run is a matter of; null where one is not, or there is none. */
export function wholeReduction(
  verdicts: readonly VerdictView[],
  precision: ReducedPrecision | null | undefined,
): Text | null {
  const wrong = verdicts.filter(({ verdict }) => verdict !== "equal" && verdict !== "rounding");
  const reduced = wrong.map((verdict) => reducedTo(verdict, precision));
  return reduced.includes(null) ? null : (reduced[0] ?? null);
}

/** The verdict of a tensor in one sentence. */
export function reducedSentence({ maxAbs, outside, total }: VerdictView): Text {
  return text(
    "max |Δ| {0}, {1} of {2} values outside tolerance: a run in that precision shows why, nothing is wrong with the code",
    Number(decodeNumber(maxAbs).toPrecision(3)),
    grouped(outside),
    grouped(total),
  );
}
