/**
 * Checks that every sentence people see has its translation; --write renews the English bundle first.
 *
 * The keys are the first arguments of text(…), t(…) and l10n.t(…) in src and webview, read from the syntax
 * tree; a key that is no literal would be missed and is an error.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { listFiles, root } from "./lib/tree.mjs";

const ENGLISH = "l10n/bundle.l10n.json";
const TRANSLATIONS = ["zh-cn"];
/** These hand on templates that were literals where they were written. */
const RENDERERS = ["src/core/text.ts", "src/host/base/surfaces.ts", "webview/shared/l10n.ts"];
/** Which names of which modules take a template. */
const IMPORTED = new Map([
  ["text", /\/text$/],
  ["t", /\/l10n$/],
]);

const problems = [];

/** The names that stand for text() or t() in this file, under whatever name they are imported. */
function templateFunctions(source) {
  const names = new Set();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements) {
      const module = IMPORTED.get((propertyName ?? name).text);
      if (module?.test(statement.moduleSpecifier.text)) names.add(name.text);
    }
  }
  return names;
}

const isL10nCall = (callee) =>
  ts.isPropertyAccessExpression(callee) &&
  callee.name.text === "t" &&
  /(^|\.)l10n$/.test(callee.expression.getText());

/** The templates an argument can be: a literal, or a choice between literals. Undefined when it is neither. */
function templatesOf(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return templatesOf(node.expression);
  if (ts.isConditionalExpression(node)) {
    const whenTrue = templatesOf(node.whenTrue);
    const whenFalse = templatesOf(node.whenFalse);
    return whenTrue && whenFalse && [...whenTrue, ...whenFalse];
  }
  return undefined;
}

function collectFrom(path, keys) {
  const content = readFileSync(join(root, path), "utf8");
  const source = ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true);
  const names = templateFunctions(source);
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const takesTemplate =
        (ts.isIdentifier(callee) && names.has(callee.text)) || isL10nCall(callee);
      const [argument] = node.arguments;
      if (takesTemplate && argument) {
        const templates = templatesOf(argument);
        const { line } = source.getLineAndCharacterOfPosition(argument.getStart());
        if (templates) templates.forEach((template) => keys.add(template));
        else problems.push(`${path}:${line + 1}: the template is not a literal`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function collectTemplates() {
  const keys = new Set();
  for (const folder of ["src", "webview"]) {
    for (const path of listFiles(folder, (name) => name.endsWith(".ts"))) {
      if (!RENDERERS.includes(path)) collectFrom(path, keys);
    }
  }
  return [...keys].sort();
}

function readJson(path) {
  if (existsSync(join(root, path))) return JSON.parse(readFileSync(join(root, path), "utf8"));
  problems.push(`${path} is missing`);
  return undefined;
}

const placeholders = (sentence) => [...new Set(sentence.match(/\{\d+\}/g))].sort().join(" ");

/** Compares a bundle with the keys it must have: none missing, none more, the same placeholders. */
function checkBundle(path, english) {
  const bundle = readJson(path);
  if (!bundle) return;
  for (const [key, sentence] of Object.entries(english)) {
    const translated = bundle[key];
    if (typeof translated !== "string" || translated === "") {
      problems.push(`${path}: no translation of ${JSON.stringify(key)}`);
    } else if (placeholders(translated) !== placeholders(sentence)) {
      problems.push(`${path}: other placeholders than in ${JSON.stringify(key)}`);
    }
  }
  for (const key of Object.keys(bundle)) {
    if (!Object.hasOwn(english, key)) {
      problems.push(`${path}: nothing uses ${JSON.stringify(key)}`);
    }
  }
}

/** Every %key% of the manifest is in package.nls.json, and nothing else is. */
function checkManifest() {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const used = new Set([...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key));
  const english = readJson("package.nls.json");
  if (!english) return;
  for (const key of used) {
    if (!Object.hasOwn(english, key)) problems.push(`package.nls.json: ${key} is missing`);
  }
  for (const key of Object.keys(english)) {
    if (!used.has(key)) problems.push(`package.nls.json: package.json does not use ${key}`);
  }
  for (const language of TRANSLATIONS) checkBundle(`package.nls.${language}.json`, english);
}

const english = Object.fromEntries(collectTemplates().map((key) => [key, key]));
const content = `${JSON.stringify(english, null, 2)}\n`;
if (process.argv.includes("--write")) {
  mkdirSync(join(root, "l10n"), { recursive: true });
  writeFileSync(join(root, ENGLISH), content);
} else if (
  !existsSync(join(root, ENGLISH)) ||
  readFileSync(join(root, ENGLISH), "utf8") !== content
) {
  problems.push(`${ENGLISH} is not up to date: npm run l10n`);
}
for (const language of TRANSLATIONS) checkBundle(`l10n/bundle.l10n.${language}.json`, english);
checkManifest();

problems.forEach((problem) => console.log(problem));
console.log(`${Object.keys(english).length} sentences, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
