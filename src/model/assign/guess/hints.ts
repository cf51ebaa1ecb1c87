/**
 * What a name lets one suppose of its tensor. A weak hint: it ranks guesses and excludes none.
 */

/** What a tensor may be by its name. */
export type NameHint = "input" | "state" | null;

const longestName = 64;
const stateName =
  /recurrent|hidden[_-]?to[_-]?hidden|h2h|hh|(?:^|[^a-z])u(?:[^a-z]|$)|w_?h(?![a-z]*x)|_h(?:[^a-z]|$)|(?:^|[^a-z])h[ifgocrzn]?(?:[^a-z]|$)/i;
const inputName =
  /kernel|input|i2h|x2h|ih|xh|hx|w_?x|_x(?:[^a-z]|$)|(?:^|[^a-z])[xi](?:[^a-z]|$)|(?:^|[^a-z])w(?:[^a-z]|$)/i;

/** Whether a name is more likely that of a weight of the state, or of the input. */
export function hintOf(name: string): NameHint {
  const end = name.slice(-longestName);
  // Books disagree on single letters: U is the input's in one, the state's in another.
  if (/(?:^|[./])[a-z]$/i.test(end)) return null;
  if (/recurrent/i.test(end)) return "state";
  const own = /[^./]*(?:[./](?:weight|bias|kernel|value))?$/i.exec(end)?.[0] ?? end;
  const isState = stateName.test(own);
  const isInput = inputName.test(own);
  if (isState === isInput) return null;
  return isState ? "state" : "input";
}

/** True where a name says that it belongs to something after the module, or beside it. */
export function isBeside(name: string): boolean {
  return /embed|head|logit|classif|decoder\.weight|(?:^|[._])(?:fc|linear|dense|proj|out|why|v)(?:[._]|$)|output_layer|lm_head/i.test(
    name.slice(-longestName),
  );
}

/** True where a name says the second direction. */
export function isBackward(name: string): boolean {
  return /reverse|backward|(?:^|[._])(?:bw|bwd|back)(?:[._]|$)/i.test(name.slice(-longestName));
}
