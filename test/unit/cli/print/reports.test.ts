/** Files and tables of several runs: JUnit XML, Markdown, and what the runs of one module have in common. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commonOf, type ExplainedRun } from "../../../../src/cli/print/common";
import { junitXml } from "../../../../src/cli/print/junit";
import { markdownTable } from "../../../../src/cli/print/markdown";
import { text } from "../../../../src/core/text";
import type { MendedFinding, Named } from "../../../../src/diagnosis/answer";
import { examples, unroll, useFolder } from "../terminal";

/** A name that would be markup wherever it is not escaped. */
const hostile =
  "a\"/><x y='&]]>\u0000\u001B[2J\u202E\uFFFE\uD800|`*_[l](http://evil.example)\n# www.evil.example";

/** Every tag of an XML text; what stands between has no character that would begin one. */
function tagsOf(xml: string): string[] {
  const tags = xml.match(/<[^<>]*>/g) ?? [];
  const others = xml.replace(/<[^<>]*>/g, "");
  assert.ok(!/[<>]/.test(others), others);
  assert.ok(!/&(?!(?:amp|lt|gt|quot|apos);)/.test(xml));
  assert.ok(!/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/.test(xml));
  return tags.map((tag) => /^<\/?[\w?]+/.exec(tag)?.[0] ?? tag);
}

describe("JUnit XML", () => {
  it("has a test case for each run, and counts them", () => {
    const failed = { kind: "failure", sentence: "differs", details: "two\nlines" } as const;
    const broken = { kind: "error", sentence: "gone", details: "gone" } as const;
    const xml = junitXml([
      { file: "a", seconds: 0.5, outcome: { kind: "passed" } },
      { file: "b", seconds: 1, outcome: failed },
      { file: "c", seconds: 0, outcome: broken },
    ]);
    assert.match(
      xml,
      /<testsuite name="unroll check" tests="3" failures="1" errors="1" time="1.500">/,
    );
    assert.match(xml, /<testcase classname="unroll check" name="a" file="a" time="0.500"\/>/);
    assert.match(xml, /<failure message="differs" type="failure">two\nlines<\/failure>/);
    assert.match(xml, /<error message="gone" type="error">gone<\/error>/);
  });

  it("is well formed whatever a name or a sentence holds", () => {
    const outcome = { kind: "failure", sentence: hostile, details: hostile } as const;
    assert.deepEqual(tagsOf(junitXml([{ file: hostile, seconds: 0, outcome }])), [
      ...["<?xml", "<testsuites", "<testsuite", "<testcase", "<failure"],
      ...["</failure", "</testcase", "</testsuite", "</testsuites"],
    ]);
  });
});

describe("a Markdown table", () => {
  it("has no markup out of a name, and as many cells in every row", () => {
    const table = markdownTable(["one", "two"], [[hostile, "b"]]);
    const [, , row = "", ...more] = table.split("\n");
    assert.deepEqual(more, [""]);
    assert.equal(row.match(/(?<!\\)\|/g)?.length, 3);
    assert.ok(!/(?<!\\)[`*_[\]<>&#!()]/.test(row), row);
    assert.ok(!/https?:\/\/|www\./.test(row), row);
  });
});

describe("the reports of unroll check", () => {
  const folder = useFolder();
  const runs = ["differs/differs.unroll.json", "gru-packed/gru-packed.unroll.json"];

  it("are written beside what is printed, whatever the verdicts", async () => {
    const [xml, table] = [join(folder(), "r.xml"), join(folder(), "r.md")];
    const flags = ["--junit", xml, "--markdown", table];
    const { code, stdout } = await unroll(examples, "check", ...runs, "gone", ...flags);
    assert.equal(code, 2);
    assert.match(stdout, /^1 of 3 runs match their reference$/m);
    const junit = readFileSync(xml, "utf8");
    assert.equal(tagsOf(junit).filter((tag) => tag === "<testcase").length, 3);
    assert.match(junit, /tests="3" failures="1" errors="1"/);
    assert.match(junit, /<failure message="output: [^"]+" type="failure">differs\/differs/);
    assert.match(junit, /<error message="gone: there is no such file" type="error">/);
    const lines = readFileSync(table, "utf8").trimEnd().split("\n");
    assert.match(
      lines[2] ?? "",
      /^\| differs\/differs\.unroll\.json \| output \| differs \| 0\.\d+ \| .+ \|$/,
    );
    assert.match(
      lines.at(-1) ?? "",
      /^\| gone \| {2}\| could not run \| {2}\| gone: there is no such file \|$/,
    );
    assert.deepEqual(readdirSync(folder()).sort(), ["r.md", "r.xml"]);
  });

  it("replace no file that was read", async () => {
    cpSync(join(examples, "gru-packed"), folder(), { recursive: true });
    for (const file of readdirSync(folder())) {
      if (!file.endsWith(".npz")) continue;
      const before = readFileSync(join(folder(), file));
      const args = ["check", "gru-packed.unroll.json", "--markdown", file] as const;
      const { code, stderr } = await unroll(folder(), ...args);
      assert.equal(code, 2);
      assert.match(stderr, /^--markdown: .* is an input of this run; choose another name\n$/);
      assert.deepEqual(readFileSync(join(folder(), file)), before);
    }
    mkdirSync(join(folder(), "there"));
    const { code, stderr } = await unroll(folder(), "check", runs[1] ?? "", "--junit", "there");
    assert.equal(code, 2);
    assert.match(stderr, /there is not a file/);
  });

  it("need names that are not the same", async () => {
    for (const [flags, said] of [
      [["--junit", ""], /^--junit: expected the file to write/],
      [["--junit", "r", "--markdown", "r"], /^--markdown: r is written by --junit already/],
    ] as const) {
      const { code, stderr } = await unroll(examples, "check", runs[1] ?? "", ...flags);
      assert.equal(code, 2);
      assert.match(stderr, said);
    }
  });
});

describe("what runs of one module have in common", () => {
  const named = (id: string): Named => ({ id, title: text("made a mistake") });

  function run(file: string, ids: readonly string[], others: readonly string[] = []): ExplainedRun {
    const [first, ...alsoFits] = ids.map(named);
    const finding = {
      ...first,
      side: null,
      alsoFits,
      with: others.map(named),
    } as unknown as MendedFinding;
    const view = {
      spec: { weights: { file: "/w.pt" } },
      module: "rnn.",
      constructorLine: "nn.RNN(1, 1)",
    };
    return {
      file,
      view: view as unknown as ExplainedRun["view"],
      findings: first === undefined ? [] : [finding],
      differs: true,
    };
  }

  const idsOf = (runs: readonly ExplainedRun[]): string[][] =>
    commonOf(runs).map((one) => one.named.map(({ id }) => id));

  it("is what fits in each of them", () => {
    assert.deepEqual(idsOf([run("a", ["x", "y", "z"]), run("b", ["y", "x"])]), [["x", "y"]]);
    assert.deepEqual(idsOf([run("a", ["x", "y"]), run("b", ["y"]), run("c", ["y", "x"])]), [["y"]]);
    assert.deepEqual(idsOf([run("a", ["x"], ["y"]), run("b", ["y"])]), [["y"]]);
  });

  it("is nothing where one of them has another reason, or none, or there is one only", () => {
    assert.deepEqual(idsOf([run("a", ["x"]), run("b", ["y"])]), []);
    assert.deepEqual(idsOf([run("a", ["x"]), run("b", [])]), []);
    assert.deepEqual(idsOf([run("a", ["x"])]), []);
  });

  it("leaves runs out whose reference is right, and other modules", () => {
    const right = { ...run("b", []), differs: false };
    const other = run("c", ["y"]);
    const view = { ...other.view, module: "decoder." };
    const runs = [run("a", ["x"]), right, { ...other, view }, run("d", ["x", "y"])];
    assert.deepEqual(
      commonOf(runs).map((one) => one.runs),
      [["a", "d"]],
    );
  });

  describe("on the command line", () => {
    const folder = useFolder();

    /** Runs of one GRU as if reset were before the product: two where more than that fits, and what was given. */
    async function wrongRuns(): Promise<string[]> {
      const gru = join(examples, "gru-packed");
      cpSync(gru, folder(), { recursive: true });
      const file = join(folder(), "gru-packed.unroll.json");
      const spec = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      const names: string[] = [];
      for (const [index, lengths] of [
        [1, 1, 1, 1],
        [6, 2, 4, 1],
      ].entries()) {
        const own = { ...spec, lengths };
        delete (own as { reference?: object }).reference;
        const [name, out] = [`run${index}.unroll.json`, `wrong${index}.npz`];
        writeFileSync(join(folder(), name), JSON.stringify(own));
        const args = ["run", name, "--reset-after", "false", "--out", out];
        assert.equal((await unroll(folder(), ...args)).code, 0);
        const reference = { output: `${out}#output`, h_n: `${out}#h_n` };
        writeFileSync(join(folder(), name), JSON.stringify({ ...own, reference }));
        names.push(name);
      }
      return names;
    }

    it("is said once, and in JSON with the runs that it holds for", async () => {
      const names = await wrongRuns();
      const result = await unroll(folder(), "diagnose", ...names, "--json");
      assert.equal(result.code, 1, result.stderr);
      const { runs, common } = JSON.parse(result.stdout) as {
        runs: { findings: { id: string; alsoFits: string[] }[] }[];
        common: { ids: string[]; runs: string[] }[];
      };
      // A single step cannot tell these apart.
      assert.ok((runs[0]?.findings[0]?.alsoFits.length ?? 0) > 0);
      assert.equal(common.length, 1);
      assert.deepEqual([common[0]?.ids, common[0]?.runs], [["gru/reset-before-product"], names]);
      const { stdout } = await unroll(folder(), "diagnose", ...names);
      assert.equal(stdout.match(/in all 2 runs of \S+/g)?.length, 1);
      const last = stdout.trimEnd().split("\n").at(-1) ?? "";
      assert.match(last, /^in all 2 runs of .* that differ: gru\/reset-before-product, the reset/);
      const markdown = await unroll(folder(), "diagnose", ...names, "--markdown");
      assert.match(markdown.stdout, /^\| weights \| runs \| in all of them \|$/m);
    });
  });
});
