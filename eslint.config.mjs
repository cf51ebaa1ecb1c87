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

export default tseslint.config(
  {
    ignores: [
      ...["dist/", "out/", "coverage/", "test-results/", "**/node_modules/", ".vscode-test/"],
      // AssemblyScript, whose decorators TypeScript's parser refuses, and what is compiled from it.
      ...["src/engine/kernel/", "**/*.generated.ts"],
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
    languageOptions: {
      parserOptions: {
        project: [
          "tsconfig.json",
          "webview/tsconfig.json",
          "test/e2e/tsconfig.json",
          "test/unit/webview/tsconfig.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
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
    // Raw index loops, whose bounds are asserted once at entry.
    files: ["src/{engine,tensor,analysis,session}/**/*.ts", "webview/{,tensors/}render/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
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
