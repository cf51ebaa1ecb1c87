/** Lint rules: typescript-eslint's strictest type-aware sets, the project's size limits, and few relaxations. */
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const sizes = {
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "max-depth": ["error", 3],
  "max-params": ["error", 5],
  complexity: ["error", 12],
};

const nodeGlobals = Object.fromEntries(
  ["Buffer", "URL", "clearTimeout", "console", "process", "setTimeout"].map((name) => [
    name,
    "readonly",
  ]),
);
const moduleGlobals = { module: "writable", require: "readonly", exports: "writable" };

/** Calls that show strings in VS Code, which takes some of what stands in them for links, icons or Markdown. */
const shownByVsCode = [
  {
    selector:
      "MemberExpression[property.name=/^(show(Error|Warning|Information)Message|(show|create)QuickPick|(show|create)InputBox|setStatusBarMessage|createStatusBarItem|withProgress|createTreeView|registerTreeDataProvider|registerHoverProvider|registerInlayHintsProvider)$/]",
    message:
      "Show it through src/host/base/surfaces.ts, which knows what VS Code takes for markup.",
  },
  {
    selector: "NewExpression[callee.property.name=/^(MarkdownString|Hover|Diagnostic|TreeItem)$/]",
    message: "Make it in src/host/base/surfaces.ts, which knows what VS Code takes for markup.",
  },
  {
    selector:
      "CallExpression[callee.property.name='t'][callee.object.property.name='l10n'][arguments.length>1] > :not(Literal).arguments",
    message: "Arguments may come out of files: sentence(text(…)) of src/host/base/surfaces.ts.",
  },
  {
    selector: "ImportSpecifier[imported.name='renderText']",
    message: "Sentences are rendered by src/host/base/surfaces.ts.",
  },
];

export default tseslint.config(
  {
    ignores: [
      ...["dist/", "out/", "coverage/", "test-results/", "**/node_modules/", ".vscode-test/"],
      // AssemblyScript, whose decorators TypeScript's parser refuses, and what is compiled from it.
      ...["src/engine/wasm/kernel/", "**/*.generated.ts"],
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    extends: [js.configs.recommended],
    rules: { ...sizes, eqeqeq: ["error", "always", { null: "ignore" }] },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    rules: {
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Error messages are full of numbers.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["**/*.ts"],
    // One project for all of them, so that each file's types are computed once; what a file may know, tsc checks.
    languageOptions: {
      parserOptions: { project: ["tsconfig.lint.json"], tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    // TypeScript refuses enums of our own (erasableSyntaxOnly): those that there are belong to VS Code.
    files: ["**/*.ts"],
    ignores: ["src/host/**", "src/extension.ts", "test/integration/**"],
    rules: {
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
    },
  },
  {
    // Raw index loops, whose bounds are asserted once at entry.
    files: ["src/{engine,tensor,statistics,analysis,run,diagnosis,session,drawing}/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    // VS Code reads markup in the strings that it shows: src/host/base/surfaces.ts alone hands it any.
    files: ["src/host/**/*.ts", "src/extension.ts"],
    ignores: ["src/host/base/surfaces.ts"],
    rules: { "no-restricted-syntax": ["error", ...shownByVsCode] },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ["**/*.cjs", "test/vscode/stubs/**/*.js"],
    languageOptions: { sourceType: "commonjs", globals: { ...nodeGlobals, ...moduleGlobals } },
  },
);
