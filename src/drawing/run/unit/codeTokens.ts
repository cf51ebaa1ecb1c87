/**
 * Lines of code cut into what is coloured alike: Python and TypeScript as far as fixes use them. No DOM.
 */

const coloured = ["comment", "string", "number", "keyword"] as const;

export type TokenKind = (typeof coloured)[number] | "plain";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export type CodeLanguage = "python" | "typescript";

const keywords: Readonly<Record<CodeLanguage, string>> = {
  python:
    "and as assert break class continue def del elif else except False for from if import in is lambda None not or pass raise return True try while with yield",
  typescript:
    "as async await break case class const continue default else export extends false for from function if import in instanceof interface let new null of readonly return switch this throw true type typeof undefined while",
};

const comments: Readonly<Record<CodeLanguage, string>> = {
  python: "#[^\\n]*",
  typescript: "//[^\\n]*|/\\*[\\s\\S]*?\\*/",
};

const STRING = String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|${"`"}(?:[^${"`"}\\]|\\.)*${"`"}`;
const NUMBER = String.raw`\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b`;

/** The tokens of a source; joined, they are the source. */
export function codeTokens(source: string, language: CodeLanguage): Token[] {
  const words = keywords[language].replaceAll(" ", "|");
  const pattern = new RegExp(
    `(?<comment>${comments[language]})|(?<string>${STRING})|(?<number>${NUMBER})|(?<keyword>\\b(?:${words})\\b)`,
    "g",
  );
  const tokens: Token[] = [];
  let end = 0;
  for (const match of source.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: "plain", text: source.slice(end, match.index) });
    const groups: Partial<Record<string, string>> = match.groups ?? {};
    const kind = coloured.find((each) => groups[each] !== undefined) ?? "plain";
    tokens.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < source.length) tokens.push({ kind: "plain", text: source.slice(end) });
  return tokens;
}
