/**
 * `convert(state)`: a state_dict with some tensors laid out anew, in each language.
 */
import type { ParameterRole } from "../../model/parameters";
import type { Dialect } from "./dialects";
import { indented, type Body, type FixFrame } from "./fix";
import { pythonNames, typescriptNames } from "./names";

/** What a conversion does, and what to mend where the weights are right and the code is not. */
export interface Conversion {
  readonly roles: readonly ParameterRole[];
  /** Comments above the lines, without their sign. */
  readonly comments: readonly string[];
  /** Lines that replace `state[name]`, from `w`, which it was; with `isPair`, `state[ih]` and `state[hh]`. */
  readonly python: (dialect: Dialect) => readonly string[];
  /** The same, from `w` to `converted[name]`; with `isPair`, from `a` and `b` to `converted[ih]` and `converted[hh]`. */
  readonly typescript: readonly string[];
  /** Two tensors of a layer at a time. */
  readonly isPair?: true;
}

/** The body of a fix that converts. */
export function conversion(frame: FixFrame, own: Conversion): Body {
  const { roles, comments, python, typescript, isPair } = own;
  const loop = isPair === true ? ["for ih, hh in names:"] : ["for name in sum(names, []):"];
  const given = isPair === true ? [] : ["w = state[name]"];
  return {
    python: (dialect) => [
      ...pythonNames(frame, roles),
      "",
      "def convert(state):",
      ...indented([
        ...comments.map((comment) => `# ${comment}`),
        "state = dict(state)",
        ...loop,
        ...indented([...given, ...python(dialect)]),
        "return state",
      ]),
    ],
    typescript: [
      ...typescriptNames(frame, roles),
      "type State = Record<string, Float32Array>;",
      "function convert(state: State): State {",
      ...indented(
        [
          ...comments.map((comment) => `// ${comment}`),
          "const converted = { ...state };",
          ...(isPair === true
            ? ["for (const [ih, hh] of names) {", "  const [a, b] = [state[ih], state[hh]];"]
            : ["for (const name of names.flat()) {", "  const w = state[name];"]),
          ...indented(typescript, "  "),
          "}",
          "return converted;",
        ],
        "  ",
      ),
      "}",
    ],
  };
}
