/**
 * What a user can do about an error, as data, and the words for it.
 *
 * An error names an option as the product does; each surface has its own name for it (a setting, a flag).
 */
import { text, type Text } from "./text";

/** One thing to do. Survives `postMessage`. */
export type Remedy =
  | { readonly do: "raise" | "lower" | "leave-out"; readonly option: string }
  | { readonly do: "give-same"; readonly option: string }
  | { readonly do: "export-part"; readonly option: "slice" }
  /** `file` is that of the tensors. */
  | { readonly do: "assign"; readonly file: string }
  /** `format` is the ending of a file's name. */
  | { readonly do: "save-as"; readonly format: string }
  | { readonly do: "export" | "fewer-batch-rows" | "run-again" | "take-back-mistake" };

/** What a surface calls an option; undefined where it has no name for it. */
export type OptionName = (option: string) => string | undefined;

/** Options that are settings of the editor; the others belong to a run. */
const settings: ReadonlySet<string> = new Set(["trace.memory", "remote.maxMegabytes"]);

/** The name of an option where there are no flags. */
export function settingName(option: string): string | undefined {
  return settings.has(option) ? `unroll.${option}` : undefined;
}

/** The remedies as one part of a sentence; null when there are none. */
export function remedyText(remedies: readonly Remedy[], nameOf: OptionName): Text | null {
  const [first, ...others] = remedies.map((remedy) => oneText(remedy, nameOf));
  if (first === undefined) return null;
  return others.reduce((before, other) => text("{0}, or {1}", before, other), first);
}

function oneText(remedy: Remedy, nameOf: OptionName): Text {
  // The table has a function for each name, which takes the remedy of that name.
  const makeText = remedyTexts[remedy.do] as (remedy: Remedy, nameOf: OptionName) => Text;
  return makeText(remedy, nameOf);
}

type RemedyTexts = {
  readonly [Do in Remedy["do"]]: (remedy: Remedy & { readonly do: Do }, nameOf: OptionName) => Text;
};

const remedyTexts: RemedyTexts = {
  raise: ({ option }, nameOf) => text("raise {0}", nameOf(option) ?? option),
  lower: ({ option }, nameOf) => text("lower {0}", nameOf(option) ?? option),
  "leave-out": ({ option }, nameOf) => text("leave {0} out", nameOf(option) ?? option),
  "give-same": () => text("give the same"),
  "export-part": ({ option }, nameOf) => exportPartText(nameOf(option)),
  assign: ({ file }, nameOf) =>
    nameOf("map") === undefined
      ? text("or assign them by hand: Use as recurrent module… in the tensor editor of the file")
      : text("or assign them by hand: unroll map {0} ranks what fits, {1} takes it", file, "--map"),
  "save-as": ({ format }) => text("save it as {0} instead", format),
  export: () => text("export it instead"),
  "fewer-batch-rows": () => text("run fewer batch rows"),
  "run-again": () => text("run it again"),
  "take-back-mistake": () => text("take it back first"),
};

function exportPartText(flag: string | undefined): Text {
  return flag === undefined ? text("export a part of it") : text("export a part of it ({0})", flag);
}
