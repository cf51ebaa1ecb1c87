import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { transform } from "esbuild";
import ts from "typescript";
import { present } from "../../support/present";
import { cases } from "./cases";
import { checks, type Lines } from "./checks";
import { frames } from "./frames";

/** What the lines define, by name. */
async function executed(lines: string): Promise<Lines> {
  const functions = [...lines.matchAll(/^function (\w+)/gm)].map(([, name]) => present(name));
  const { code } = await transform(lines, { loader: "ts", target: "es2022" });
  const names = /^const weights = /m.test(lines) ? [...functions, "weights"] : functions;
  return runInThisContext(`(() => { ${code}; return { ${names.join(", ")} }; })()`) as Lines;
}

describe("fixes in TypeScript", () => {
  for (const id of new Set(cases.map((each) => each.id))) {
    it(`${id} gives what is right`, async () => {
      for (const { frame: index, typescript } of cases.filter((each) => each.id === id)) {
        const lines = await executed(typescript);
        const [name = "", ...more] = Object.keys(lines).filter((each) => each in checks);
        assert.deepEqual(more, [], "one function");
        assert.ok(name, typescript);
        const call = lines[name] as (...args: unknown[]) => unknown;
        const frame = present(frames[index]);
        try {
          present(checks[name])({ id, frame, call, lines });
        } catch (error) {
          throw new Error(`frame ${index}: ${String(error)}\n${typescript}`, { cause: error });
        }
      }
    });
  }

  it("passes the strict checks of TypeScript", function () {
    this.slow(120_000);
    // Most fixes differ from others by what their comments say alone: of those, one is enough for types.
    const byCode = new Map(
      cases.map(({ typescript }) => [typescript.replace(/^ *\/\/.*\n/gm, ""), typescript]),
    );
    const sources = new Map(
      [...byCode.values()].map((lines, index) => [`/fix${index}.ts`, `${lines}\nexport {};\n`]),
    );
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts"],
      types: [],
      // What is tested are the lines, not the library that they use.
      skipLibCheck: true,
    };
    const host = ts.createCompilerHost(options);
    const getSourceFile = host.getSourceFile.bind(host);
    host.getSourceFile = (path, ...rest) => {
      const source = sources.get(path);
      return source === undefined
        ? getSourceFile(path, ...rest)
        : ts.createSourceFile(path, source, ts.ScriptTarget.ES2022);
    };
    const program = ts.createProgram([...sources.keys()], options, host);
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
      const near = file?.text.slice(start, (start ?? 0) + 80) ?? "";
      return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}: ${near}`;
    });
    assert.deepEqual(problems, []);
  });
});
