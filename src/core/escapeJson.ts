/**
 * JSON and Python strings in which nothing steers what shows them.
 */

// What JSON.stringify leaves as it is, though a terminal acts on it: DEL and C1 controls, format characters,
// line and paragraph separators. All of these are inside strings, where an escape means the same character.
const steering = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON that says the same with what steers a terminal written as `\uXXXX`. */
export function escapeJson(json: string): string {
  return json.replace(steering, (character) =>
    Array.from({ length: character.length }, (_, at) => unitEscape(character[at] ?? "")).join(""),
  );
}

/** `\uXXXX` of one code unit. */
export function unitEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A string of Python; nothing in it ends it or steers what shows it. */
export function pythonString(content: string): string {
  // JSON's strings are Python's as well.
  return escapeJson(JSON.stringify(content));
}
