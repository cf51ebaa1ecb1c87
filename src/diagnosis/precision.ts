/**
 * Whether a difference is a matter of precision alone: the verdict between rounding and a difference.
 */
import { text, type Text } from "../core/text";
import type { Precision } from "../run/spec/spec";
import type { Diagnosis, Finding, ReducedPrecision } from "./answer";

/** What is reduced, by the id of the alternative. */
const names: Readonly<Record<string, Text>> = {
  "precision/float16": text("float16"),
  "precision/bfloat16": text("bfloat16"),
  "precision/tf32": text("TF32"),
  "precision/half-weights": text("float16 weights"),
  "precision/bfloat16-weights": text("bfloat16 weights"),
  "precision/int8-weights": text("int8 weights"),
};

/** What is computed in 16 bits is reproduced by a run in them. */
const options: Readonly<Record<string, Precision>> = {
  "precision/float16": "f16",
  "precision/bfloat16": "bf16",
};

/** Steps and rows that were not looked at may be off by some more than those that were. */
const ELSEWHERE = 2;

/**
 * The precision that explains a difference: every explanation of it is one, and a run under it is nearer to the reference.
 * null where none does.
 */
export function precisionOf({ findings }: Pick<Diagnosis, "findings">): ReducedPrecision | null {
  const [first] = findings;
  const shown = findings.map(shownBy);
  const [name, other] = shown.flatMap((each) => each ?? []);
  if (first?.before == null || name === undefined || shown.includes(null)) return null;
  return {
    name: other === undefined ? name : text("{0} or {1}", name, other),
    option: options[first.id] ?? null,
    most: ELSEWHERE * first.before,
  };
}

/** Each precision that a finding may be; null where it is, or could be, something else. */
function shownBy(finding: Finding): Text[] | null {
  const { id, alsoFits, with: others, isPrecision, isShown } = finding;
  if (!isPrecision || isShown !== true) return null;
  const [own, ...also] = [id, ...alsoFits.map((one) => one.id)].map((each) => names[each]);
  const [second] = others.map((one) => names[one.id]);
  const all = [own && second ? text("{0} and {1}", own, second) : own, ...also];
  const known = all.filter((name) => name !== undefined);
  return known.length === all.length ? known : null;
}
