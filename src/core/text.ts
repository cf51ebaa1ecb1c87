/**
 * Sentences for people, independent of their language: an English template and its arguments.
 *
 * Everything below `src/host` and the webview builds a `Text`; the surface that shows it renders it, in VS Code
 * with the l10n bundle, on the command line in English. Templates, numbers and nested sentences are ours; strings
 * come out of files or from a user and are foreign: each surface writes them so that they are never markup there.
 */

/** A string is foreign; so is a list of names, which is cut where it is long. */
export type TextArgument = string | number | Text | readonly string[];

/** A sentence with `{0}`, `{1}`, … standing for its arguments. Survives `postMessage`. */
export interface Text {
  readonly template: string;
  readonly args: readonly TextArgument[];
}

/** Translates a template; returns the template itself where no translation is known. */
export type Translate = (template: string) => string;

/** Where sentences are shown: in which language, and how foreign text is written there. */
export interface Surface {
  readonly translate: Translate;
  readonly foreign: (part: string) => string;
}

/** English for people, without anything that steers what shows it: terminals, and the messages of errors. */
export const plainEnglish: Surface = { translate: (template) => template, foreign: legible };

/** A name longer than this many UTF-16 units is cut in sentences; its end often tells more than its middle. */
const longestName = 160;
const keptEnd = 40;

/** Names of a list that a sentence has room for. */
const listedNames = 12;

// A terminal or an editor acts on these instead of showing them: controls (Cc), format characters such as
// bidirectional overrides (Cf), line and paragraph separators (Zl, Zp), halves of surrogate pairs (Cs).
const unseenCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Builds a sentence. The template is the key in `l10n/bundle.l10n.*.json`, so it must be a literal. */
export function text(template: string, ...args: TextArgument[]): Text {
  return { template, args };
}

/** True for what `text` builds. */
export function isText(value: unknown): value is Text {
  return typeof value === "object" && value !== null && "template" in value && "args" in value;
}

/** A name out of a file, alone, where a surface expects a sentence. */
export function foreign(name: string): Text {
  return { template: "{0}", args: [name] };
}

/** Renders a sentence, arguments that are sentences included. */
export function renderText(message: Text, surface: Surface = plainEnglish): string {
  return surface.translate(message.template).replace(/\{(\d+)\}/g, (placeholder, index: string) => {
    const argument = message.args[Number(index)];
    return argument === undefined ? placeholder : renderArgument(argument, surface);
  });
}

/** The same text with characters that steer a terminal or change the direction of writing as `\u{…}`. */
export function visible(content: string): string {
  return content.replace(
    unseenCharacters,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** A foreign text as sentences show it: visible, and cut in its middle where it is long. */
export function legible(content: string): string {
  return visible(cut(content, longestName));
}

/** A text of at most `longest` UTF-16 units: its beginning and its end, `…` between them. */
export function cut(content: string, longest: number): string {
  if (content.length <= longest) return content;
  const end = Math.min(keptEnd, Math.floor(longest / 4));
  // No half of a surrogate pair stays at either edge.
  const head = content.slice(0, longest - end - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${head}…${content.slice(content.length - end).replace(/^[\uDC00-\uDFFF]/, "")}`;
}

function renderArgument(argument: TextArgument, surface: Surface): string {
  if (typeof argument === "number") return String(argument);
  if (typeof argument === "string") return surface.foreign(argument);
  if (!isList(argument)) return renderText(argument, surface);
  const names = argument.slice(0, listedNames).map((name) => surface.foreign(name));
  return names.join(", ") + (argument.length > listedNames ? ", …" : "");
}

/** `Array.isArray` does not tell a read-only list from an object. */
function isList(argument: Text | readonly string[]): argument is readonly string[] {
  return Array.isArray(argument);
}
