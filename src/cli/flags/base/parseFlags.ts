/**
 * The words of a command line as values of flags, and what stands beside them.
 */
import { parseArgs } from "node:util";
import { usage, type FlagTypes, type Values } from "./values";

/** @throws UnsupportedError with one sentence that names the command and the flag. */
export function parseFlags(
  command: string,
  options: FlagTypes,
  args: readonly string[],
): { values: Values; positionals: readonly string[] } {
  try {
    return parseArgs({ args: joinNegatives(args, options), options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = ""] = error.message.split(/\n|\. /);
    throw usage(`unroll ${command}`, sentence.replace(/\.$/, ""));
  }
}

/** `--clip -1` as `--clip=-1`: a number after a flag is its value, where parseArgs would wonder. */
function joinNegatives(args: readonly string[], options: FlagTypes): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const flag = joined.at(-1) ?? "";
    const isValue = /^-\.?\d/.test(arg) && options[flag.slice(2)]?.type === "string";
    if (isValue && flag.startsWith("--")) joined[joined.length - 1] = `${flag}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}
