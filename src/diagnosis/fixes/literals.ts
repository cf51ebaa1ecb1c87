/**
 * Names out of files as string literals of Python and TypeScript, so that nothing in them ends a string, a line or a
 * comment.
 */

// Controls, format characters, separators but the space, halves of surrogate pairs; quotes and backslashes.
const escapedCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}"\\]|(?! )\p{Zs}/gu;

/** A literal that Python reads back as the same string. */
export function pythonString(content: string): string {
  return quoted(content, (code) =>
    code > 0xffff ? `\\U${hexadecimal(code, 8)}` : `\\u${hexadecimal(code, 4)}`,
  );
}

/** A literal that TypeScript reads back as the same string. */
export function typescriptString(content: string): string {
  return quoted(content, (code) => `\\u{${code.toString(16)}}`);
}

function quoted(content: string, escape: (code: number) => string): string {
  const inner = content.replace(escapedCharacters, (character) =>
    character === '"' || character === "\\" ? `\\${character}` : escape(character.codePointAt(0)!),
  );
  return `"${inner}"`;
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** A tuple of Python: a comma stands behind an only element. */
export function tuple(parts: readonly (string | number)[]): string {
  return parts.length === 1 ? `(${String(parts[0])},)` : `(${parts.join(", ")})`;
}

/** A list of Python, an array of TypeScript. */
export function list(parts: readonly (string | number)[]): string {
  return `[${parts.join(", ")}]`;
}
