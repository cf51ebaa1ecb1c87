/** unroll picture and unroll report: files that are whole, load nothing, and hold what the run holds. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { examples, unroll, useFolder } from "../terminal";

const differs = join(examples, "differs/differs.unroll.json");
const agrees = join(examples, "lstm-two-directions/lstm-two-directions.unroll.json");
const mistake = (name: string): string =>
  resolve("test", "fixtures", "mistakes", `${name}.unroll.json`);
const padded = join(examples, "gru-packed/gru-packed.unroll.json");

describe("unroll picture", () => {
  const folder = useFolder();

  async function drawn(...options: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await unroll(
      folder(),
      "picture",
      ...options,
      "--out",
      "p.svg",
    );
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^p\.svg: \d+ bytes\n$/);
    return readFileSync(join(folder(), "p.svg"), "utf8");
  }

  it("draws every lane with its label, the verdicts, h_n, time and the scale", async () => {
    const svg = await drawn(differs);
    for (const label of ["output", "layer 1 ←", "layer 0 →", "input x", "h_n", "t", "23", "+1"]) {
      assert.ok(svg.includes(`>${label}</text>`), label);
    }
    assert.match(svg, /✗ output differs: max \|Δ\| 0\.995/);
    assert.ok(!svg.includes("NaN") && !svg.includes("undefined"));
  });

  it("frames what is outside tolerance in Δ alone, and says which lanes the reference has not", async () => {
    assert.doesNotMatch(await drawn(differs), />outside tolerance<\/text>/);
    const svg = await drawn(differs, "--mode", "delta", "--theme", "dark");
    assert.match(svg, />outside tolerance<\/text>/);
    assert.match(svg, /✗ 1,152 in all rows/);
    assert.match(svg, /the reference has no steps of this lane, h_n alone/);
  });

  it("says of h_n alone in Δ that it agrees, or how many of its values are off", async () => {
    const below = await drawn(differs, "--mode", "delta");
    assert.equal(below.match(/>✓ h_n<\/text>/g)?.length, 2);
    const off = await drawn(mistake("s053"), "--mode", "delta");
    assert.equal(off.match(/>✗ h_n, all rows: 11<\/text>/g)?.length, 1);
    assert.doesNotMatch(await drawn(mistake("s053")), />✗ h_n, all rows/);
  });

  it("draws c of an LSTM, and hatches padding", async () => {
    assert.match(await drawn(agrees, "--state", "c"), />c_n<\/text>/);
    assert.match(await drawn(padded, "--batch", "1"), />padding<\/text>/);
  });

  it("takes a width", async () => {
    assert.match(await drawn(differs, "--width", "640"), /^<svg [^>]*width="640"/);
  });

  it("draws how a layer is flipped and concatenated, with its numbers and the entries of h_n", async () => {
    const small = join(examples, "two-directions-one-layer/two-directions-one-layer.unroll.json");
    const svg = await drawn(small, "--view", "flip");
    for (const part of ["flip(x)", "rnn_reverse(flip(x))", "flipped back", "h_n[1]", "-0.3042"]) {
      assert.ok(svg.includes(`>${part}</text>`), part);
    }
    assert.match(svg, /h_n\[1\] = reverse state at t = 0/);
    assert.ok(!svg.includes("NaN") && !svg.includes("undefined"));
    const upper = await drawn(differs, "--view", "flip", "--layer", "1", "--theme", "dark");
    assert.match(upper, />x = output of layer 0<\/text>/);
    assert.ok((upper.match(/<rect /g)?.length ?? 0) > 24 * 12);
    assert.match(await drawn(padded, "--view", "flip", "--batch", "3"), /x\[:\d+\]\[::-1\]/);
  });

  it("has the words of tokens and the names of classes", async () => {
    const svg = await drawn(join(examples, "text-classifier", "text-classifier.unroll.json"));
    for (const word of ["soup", "very", "pleased", "displeased"]) {
      assert.ok(svg.includes(`>${word}</text>`), word);
    }
    const narrow = await drawn(
      join(examples, "text-classifier", "text-classifier.unroll.json"),
      ...["--width", "480"],
    );
    assert.match(narrow, /rotate\(-90 [^)]*\)">soup<\/text>/);
  });

  it("draws differences where the reference has the steps of a layer, and says where it has none", async () => {
    const flip = (layer: string): Promise<string> =>
      drawn(differs, "--view", "flip", "--layer", layer, "--mode", "delta");
    const upper = await flip("1");
    assert.match(upper, />Δ output<\/text>/);
    assert.match(upper, />Δ (reference|ref\.) not flipped/);
    assert.match(upper, />Δ = ours − reference; framed, and coloured up to ±/);
    const lower = await flip("0");
    assert.match(lower, />input of layer 1<\/text>/);
    assert.match(
      lower,
      />The reference does not have the steps of layer 0: these are ours<\/text>/,
    );
  });

  it("crosses out the flip that a reference lacks, which the diagnosis found", async () => {
    const flip = (mode: string): Promise<string> =>
      drawn(differs, "--view", "flip", "--layer", "1", "--mode", mode);
    const svg = await flip("reference");
    assert.match(svg, />(not flipped back · reference|ref\. not flipped back)<\/text>/);
    assert.match(svg, /text-decoration="line-through"[^>]*>\[::-1\]<\/text>/);
    assert.match(svg, />In the reference h_n\[3\] is at t = 23: /);
    const ours = await flip("ours");
    assert.ok(!ours.includes("line-through") && !ours.includes("not flipped"));
  });

  it("measures differences in ulp", async () => {
    const svg = await drawn(differs, "--mode", "delta", "--measure", "ulp");
    assert.match(svg, />Δ ulp<\/text>/);
  });

  for (const [options, sentence] of [
    [["--out", "p.svg", "--measure", "ulps"], /expected absolute \| relative \| ulp, not ulps/],
    [["--out", "p.svg", "--layer", "1"], /--layer: says nothing of the picture unrolled/],
    [["--out", "p.svg", "--view", "flip", "--state", "h"], /--state: says nothing/],
    [["--out", "p.svg", "--view", "flip", "--layer", "2"], /a layer from 0 to 1, not 2/],
    [["--out", "p.svg", "--view", "flip", "--layer", "x"], /a layer, from 0 on, not x/],
    [["--out", "p.png"], /a PNG needs fonts.*write \.svg, or Export in the panel/],
    [["--out", "p.pdf"], /expected a name that ends in \.svg/],
    [[], /expected --out, the file to write/],
    [["--out", "p.svg", "--width", "3"], /expected a width of 360 to 8000 pixels, not 3/],
    [["--out", "p.svg", "--batch", "4"], /expected a row of the batch from 0 to 3, not 4/],
    [["--out", "p.svg", "--state", "c"], /only an LSTM has c/],
  ] as const) {
    it(`says what is wrong with ${options.join(" ")}`, async () => {
      const { code, stderr } = await unroll(folder(), "picture", differs, ...options);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.ok(!existsSync(join(folder(), "p.svg")));
    });
  }
});

describe("unroll report", () => {
  const folder = useFolder();

  async function written(...options: readonly string[]): Promise<{ code: number; html: string }> {
    const { code, stderr } = await unroll(folder(), "report", ...options, "--out", "r.html");
    assert.equal(stderr, "");
    return { code, html: readFileSync(join(folder(), "r.html"), "utf8") };
  }

  it("has verdicts, the finding with its fix, pictures, values, shapes and notes", async () => {
    const { code, html } = await written(differs);
    assert.equal(code, 1);
    const headings = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
    assert.deepEqual(headings, [
      ...["Verdict", "What explains it", "Pictures", "What this run cannot show"],
      ...["Files and options", "Values", "Shapes", "Notes"],
    ]);
    assert.match(
      html,
      /<h3>In the reference, the reverse direction(&#39;|')s output is not flipped/,
    );
    const captions = [...html.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, one]) => one);
    assert.match(captions[1] ?? "", /Δ = ours − reference, batch 0$/);
    // What is found explains that h_n and output are not one state.
    assert.doesNotMatch(html, /contradicts itself/);
    assert.match(html, /flip\/output-not-flipped-back · 0\.99 → [\d.]+e-\d · rounding up to/);
    assert.match(html, /<summary>The fix in PyTorch</);
    assert.match(
      html,
      /Error over time, before and after · .*<path d="M[^"]*" [^>]*class="after"/s,
    );
    assert.match(html, /torch\.flip\(outputs, \[0\]\)/);
    assert.equal(html.match(/<figure>/g)?.length, 3);
    // The verdict is said once, not over each picture again; pictures that are wide scroll.
    assert.doesNotMatch(html, /<text[^>]*>✗ output differs/);
    assert.equal(
      html.match(
        /<figure><figcaption>[^<]*<\/figcaption><p class="narrow.*?<\/p><div class="wide" tabindex="0"/g,
      )?.length,
      3,
    );
    assert.ok(html.length < 2_000_000);
  });

  it("executes and loads nothing: its one stylesheet is the one that its policy names", async () => {
    const { code, html } = await written(agrees);
    assert.equal(code, 0);
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    assert.ok(html.includes(`default-src 'none'; style-src 'sha256-${hash}'`));
    assert.doesNotMatch(
      html,
      /<script|<link|<iframe|\son\w+=|\sstyle=|url\(|src="http|href="(?!data:)/,
    );
  });

  it("says what the run could not have shown, with the reasons", async () => {
    const { html } = await written(mistake("s041"));
    const [, content = ""] =
      /<h2>What this run cannot show<\/h2>(.*?)<\/section>/s.exec(html) ?? [];
    assert.match(content, /mistakes? would leave these values as they are:/);
    assert.match(content, /<p>since [^<]+:<\/p><ul><li>/);
  });

  it("accuses no code where the reference is less precise", async () => {
    const { html } = await written(mistake("s023"));
    assert.match(
      html,
      /class="finding fine"><h3>Nothing is wrong with the code: in the reference, /,
    );
    assert.match(html, /<summary>How both agree in PyTorch</);
  });

  it("calls it no fix where a single value is off, and proves it by all others", async () => {
    const from = join("test", "fixtures", "broken", "wrong-reference", "one_value_changed");
    cpSync(from, folder(), { recursive: true });
    const file = join(folder(), "one.unroll.json");
    const reference = { output: "io.npz#output", h_n: "io.npz#h_n" };
    const weights = { file: "weights.safetensors" };
    writeFileSync(file, JSON.stringify({ weights, input: "io.npz#input", reference }));
    const { html } = await written(file);
    assert.match(html, /<summary>How to look at it in PyTorch</);
    assert.doesNotMatch(html, /The fix/);
    assert.match(html, /All others agree\./);
    assert.match(html, /largest difference of all others [\d.]+e-\d+ · rounding up to/);
    assert.doesNotMatch(html, /class="after"/);
  });

  it("names a weight that is NaN with the verdict, and as what explains it", async () => {
    const file = join(folder(), "n.unroll.json");
    const weights =
      '{"weight_ih_l0":[[1],[2]],"weight_hh_l0":[[0,NaN],[0,0]],"bias_ih_l0":[0,0],"bias_hh_l0":[0,0]}';
    writeFileSync(join(folder(), "w.json"), weights);
    writeFileSync(join(folder(), "x.json"), '{"x":[[[1]],[[2]]],"y":[[[0.1,0.2]],[[0.3,0.4]]]}');
    const spec = { weights: { file: "w.json" }, input: "x.json#x" };
    const named = "weight_hh_l0 holds a value that is no finite number: NaN at [0, 1]";
    for (const reference of [{}, { reference: { output: "x.json#y" } }]) {
      writeFileSync(file, JSON.stringify({ ...spec, ...reference }));
      const { html } = await written(file);
      const [, verdict = ""] = /<h2>Verdict<\/h2>(.*?)<\/section>/s.exec(html) ?? [];
      assert.ok(verdict.includes(named));
      const why = `${named}. No mistake explains what is computed from it.`;
      assert.equal(html.includes(why), "reference" in reference);
    }
  });

  it("says the likeliest classes, and draws no picture of differences where all agrees", async () => {
    const { html } = await written(
      join(examples, "text-classifier", "text-classifier.unroll.json"),
    );
    assert.match(
      html,
      /<h2>Classes<\/h2>.*<th scope="row">3<\/th><td [^>]*>0 “displeased” · &gt; 99\.9 %<\/td><td [^>]*>0 “displeased”/s,
    );
    const captions = [...html.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, one]) => one);
    assert.deepEqual(captions, [
      "Hidden states h of every layer, unit by unit and step by step; Ours, batch 0",
      "Cell states c of every layer; Ours, batch 0",
    ]);
  });

  it("leaves the diagnosis out where it is told to", async () => {
    const { html } = await written(differs, "--no-diagnosis");
    assert.doesNotMatch(html, /What explains it/);
  });

  it("shows names that are markup, quotes, or reverse the writing as text", async () => {
    const name = `<img src=x onerror=alert(1)>"'&\u202egnp.npy`;
    cpSync(join(examples, "differs"), folder(), { recursive: true });
    cpSync(join(folder(), "input.npy"), join(folder(), name));
    const file = join(folder(), "differs.unroll.json");
    const spec = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...spec, input: name }));
    const { html } = await written(file, "--no-diagnosis");
    assert.doesNotMatch(html, /<img|\u202e/);
    assert.ok(html.includes("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\u{202e}gnp.npy"));
  });

  it("does not write over a file of the run", async () => {
    const { code, stderr } = await unroll(folder(), "report", differs, "--out", "r.txt");
    assert.equal(code, 2);
    assert.match(stderr, /expected a name that ends in \.html/);
  });
});
