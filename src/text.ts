/**
 * Sentences for people, kept apart from their language: an English template and its arguments.
 *
 * Everything below `src/host` and the webview builds a `Text`; the surface that shows it renders it, in VS Code
 * with the l10n bundle, on the command line in English.
 */

export type TextArgument = string | number | Text;

/** A sentence with `{0}`, `{1}`, … standing for its arguments. Survives `postMessage`. */
export interface Text {
  readonly template: string;
  readonly args: readonly TextArgument[];
}

/** Translates a template; returns the template itself where no translation is known. */
export type Translate = (template: string) => string;

/** Builds a sentence. The template is the key in `l10n/bundle.l10n.*.json`, so it must be a literal. */
export function text(template: string, ...args: TextArgument[]): Text {
  return { template, args };
}

/** Renders a sentence, arguments that are sentences included. */
export function renderText(message: Text, translate: Translate = (template) => template): string {
  return translate(message.template).replace(/\{(\d+)\}/g, (placeholder, index: string) => {
    const argument = message.args[Number(index)];
    if (argument === undefined) return placeholder;
    return typeof argument === "object" ? renderText(argument, translate) : String(argument);
  });
}
