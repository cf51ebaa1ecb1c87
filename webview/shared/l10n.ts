/**
 * Sentences of the page in the user's language; the host puts the bundle into the page.
 */
import {
  cut,
  legible,
  renderText,
  visible,
  type Text,
  type TextArgument,
} from "../../src/core/text";

/** Element that holds the bundle as JSON: English template → translation. Absent means English. */
const BUNDLE_ELEMENT = "unroll-l10n";

/** The largest argument of a label, in UTF-16 units: longer than any sentence, too short to stall the page. */
const LONGEST_PART = 1000;

type Bundle = Readonly<Record<string, string>>;

let bundle: Bundle | undefined;

function readBundle(): Bundle {
  const json = document.getElementById(BUNDLE_ELEMENT)?.textContent ?? "";
  if (json.trim() === "") return {};
  const parsed: unknown = JSON.parse(json);
  return typeof parsed === "object" && parsed !== null ? (parsed as Bundle) : {};
}

function translate(template: string): string {
  bundle ??= readBundle();
  return Object.hasOwn(bundle, template) ? (bundle[template] ?? template) : template;
}

/** Labels are put together from names and from sentences that are rendered already. */
function labelPart(part: string): string {
  return visible(cut(part, LONGEST_PART));
}

/** The sentence of a template, which must be a literal: it is the key of the bundle. */
export function t(template: string, ...args: TextArgument[]): string {
  return renderText({ template, args }, { translate, foreign: labelPart });
}

/** A sentence of the host or the core in the user's language. */
export function tr(text: Text): string {
  return renderText(text, { translate, foreign: legible });
}
