/**
 * The syntax tree of a run file: JSON with comments, trailing commas and a byte order mark.
 */
import {
  createScanner,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import { text, type Text } from "../../core/text";

/** A run file has four levels. The parser calls itself for each, and a stack has an end. */
const maxDepth = 64;

/** A syntax error with its position, in UTF-16 units. */
export interface SyntaxProblem {
  readonly message: Text;
  readonly offset: number;
  readonly length: number;
}

/** The parsed part; undefined when it is empty or nested too deeply. */
export interface RunFileTree {
  readonly root: Node | undefined;
  readonly problems: readonly SyntaxProblem[];
}

/** Parses a run file as far as it goes. */
export function runFileTree(source: string): RunFileTree {
  const readable = source.startsWith("\uFEFF") ? ` ${source.slice(1)}` : source;
  const tooDeep = firstTooDeep(readable);
  if (tooDeep !== undefined) {
    const message = text("The run file is nested too deep: more than {0} levels", maxDepth);
    return { root: undefined, problems: [{ message, offset: tooDeep, length: 1 }] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(readable, errors, { allowTrailingComma: true });
  const problems = errors.map(({ error, offset, length }) => ({
    message: text("Not valid JSON: {0}", spaced(printParseErrorCode(error))),
    offset,
    length,
  }));
  return { root, problems };
}

/** Where the first bracket beyond the last level stands. */
function firstTooDeep(source: string): number | undefined {
  const scanner = createScanner(source, true);
  let depth = 0;
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (offset >= source.length) return undefined;
    // By its first character: a bracket in a text or a comment is no token.
    const first = source.charAt(offset);
    if (first === "{" || first === "[") depth++;
    if (first === "}" || first === "]") depth--;
    if (depth > maxDepth) return offset;
  }
}

/** `InvalidSymbol` → `invalid symbol`: the library has names for its errors, no sentences. */
function spaced(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
