/**
 * Parses the search field of the tree: words of a name, a shape, a dtype.
 */
import { isDType, type DType } from "../../tensor/dtype";
import { sameShape, type Shape, type TensorEntry } from "../../tensor/tensor";

/** One condition; an entry must meet all of a query. */
interface Term {
  /** In lower case; null for what can be no part of a name. */
  readonly word: string | null;
  readonly shape: Shape | null;
  readonly dtype: DType | null;
}

/** `[20, 20]`, `(20,)`, or a word without blanks. */
const termPattern = /[[(][\d\s,]*[\])]|\S+/g;

/** The conditions of a query; none where it is blank. */
export function parseQuery(query: string): readonly Term[] {
  return Array.from(query.matchAll(termPattern), ([term]) => termOf(term));
}

/** True when an entry meets all conditions; `name` is its name in lower case. */
export function matches(
  terms: readonly Term[],
  name: string,
  { shape, dtype }: Pick<TensorEntry, "shape" | "dtype">,
): boolean {
  return terms.every(
    (term) =>
      (term.word !== null && name.includes(term.word)) ||
      (term.shape !== null && sameShape(term.shape, shape)) ||
      term.dtype === dtype,
  );
}

/** `20x20` may be a part of a name as well; brackets with sizes are a shape alone. */
function termOf(term: string): Term {
  const word = term.toLowerCase();
  if (/^[[(][\d\s,]*[\])]$/.test(word)) {
    return { word: null, shape: word.match(/\d+/g)?.map(Number) ?? [], dtype: null };
  }
  const shape = /^\d+([x×]\d+)+$/.test(word) ? word.split(/[x×]/).map(Number) : null;
  return { word, shape, dtype: isDType(word) ? word : null };
}
