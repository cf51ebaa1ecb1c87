/** What the inspector tells of a unit of an LSTM and a GRU, and what its parts lead to. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { becomes, retry, until } from "../../harness/poll";
import type { Workbench } from "../../harness/workbench";
import { cli } from "../support/cli";
import { random, writeTensors } from "../support/largeFiles";
import type { Panel } from "../support/panel";
import { sharesPanel } from "../support/suite";

const LSTM = "lstm-two-directions/lstm-two-directions.unroll.json";
const GRU = "gru-packed/gru-packed.unroll.json";

/** `0.5267`, `-0.269088060`, `1.2e-5` in a text. */
const NUMBER = /-?\d+(?:\.\d+)?(?:e[+-]\d+)?/g;

/** Cells that are not those of PyTorch, and runs whose difference comes from elsewhere. */
async function prepare(folder: string): Promise<void> {
  const write = (name: string, run: object): void => {
    writeFileSync(join(folder, `${name}.unroll.json`), JSON.stringify(run));
  };
  for (const id of ["lstm-3l-nobias", "lstm-proj-2l"]) {
    for (const file of ["weights.npz", "io.npz"]) {
      cpSync(join("test/fixtures/cases", id, file), join(folder, id, file));
    }
  }
  const h0 = { three: random([3, 2, 7]), one: random([1, 2, 3]) };
  await writeTensors(folder, "h0.npz", h0);
  const hardened = { gateActivation: { alpha: 0.25, beta: 0.5 }, clip: 0.05 };
  write("coupled", {
    weights: { file: "lstm-3l-nobias/weights.npz" },
    input: "lstm-3l-nobias/io.npz#input",
    h0: "h0.npz#three",
    options: { batchFirst: true, coupledInputForget: true, ...hardened },
  });
  write("projected", {
    weights: { file: "lstm-proj-2l/weights.npz" },
    input: "lstm-proj-2l/io.npz#input",
  });
  write("carried", {
    weights: { file: "one-direction-one-layer/weights.pt" },
    input: "one-direction-one-layer/input.npy",
    h0: "h0.npz#one",
    options: { batchFirst: true },
    reference: { output: "one-direction-one-layer/expected.npz#output" },
  });
  write("below", {
    weights: { file: "three-layers/weights.pt" },
    input: "three-layers/input.npy",
    reference: { h_n: "three-layers/expected.npz#h_n" },
  });
}

function numbersIn(text: string): number[] {
  return (text.match(NUMBER) ?? []).map(Number);
}

function close(found: number | undefined, expected: number | undefined, tolerance: number): void {
  const distance = Math.abs((found ?? NaN) - (expected ?? NaN));
  assert.ok(distance < tolerance, `${String(found)}, not ${String(expected)}`);
}

describe("the inspector of a cell with gates", () => {
  let workbench: Workbench;
  let panel: Panel;

  sharesPanel({ folder: "examples", prepare, run: LSTM }, (opened) => {
    ({ workbench, panel } = opened);
  });

  before(async () => {
    await panel.says("unroll-inspector .formula", "o·tanh(c)");
  });

  /** Values of the gates as the bars show them. */
  async function gates(): Promise<number[]> {
    return (await panel.texts(".gate .number")).map(Number);
  }

  /** Opens another run in place of this one. */
  async function open(run: string): Promise<void> {
    await workbench.closeEditors();
    await panel.openRun(run);
  }

  it("makes h of the gates and c, to the command line's value", async () => {
    const out = join(workbench.folder, "trace.json");
    cli("run", `examples/${LSTM}`, "--trace", "--out", out);
    const trace = JSON.parse(readFileSync(out, "utf8")) as Readonly<
      Record<string, { data: number[] } | undefined>
    >;
    await panel.press("PageDown", "PageDown", "PageDown", "Home");
    await panel.cursorIs("layer 0 → · t = 0");
    const stored = trace["layer0.forward.h"]?.data[0];
    await until(
      "The value of layer 0",
      async () => Math.fround(Number(await panel.text(".formula strong"))),
      (value) => value === stored,
    );
    await retry("The arithmetic of c and h", async () => {
      const [i = NaN, f = NaN, g = NaN, o = NaN] = await gates();
      const lines = await panel.texts(".formula > div");
      const [, c0 = NaN] = numbersIn(lines[1] ?? "");
      const c = f * c0 + i * g;
      close(trace["layer0.forward.c"]?.data[0], c, 2e-4);
      close(stored, o * Math.tanh(c), 2e-4);
    });
  });

  it("shows the sum of the gate that is chosen, by the pointer and by the keyboard", async () => {
    await panel.toggle(".gate >> nth=1", true);
    await panel.says("unroll-inspector h3:nth-of-type(2)", "Forget gate");
    const output = panel.locator(".gate").nth(3);
    await output.focus();
    await output.press("Enter");
    await panel.says("unroll-inspector h3:nth-of-type(2)", "Output gate");
    await panel.attributeIs(".gate >> nth=3", "aria-pressed", "true");
    assert.match((await output.getAttribute("aria-label")) ?? "", /^Output gate: 0\.\d+$/);
    await panel.locator(".side .link").getByText("show all 16 terms").click();
    await panel.countIs(".terms td:last-child .value", 16);
    await retry("The sum of the output gate", async () => {
      const products = (await panel.texts(".terms td:last-child .value")).map((text) =>
        Number(text.replace("= ", "")),
      );
      const sum = products.reduce((total, product) => total + product, 0);
      const [argument, value] = numbersIn((await panel.texts(".formula > div")).at(-1) ?? "");
      close(argument, sum, 1e-5);
      close(value, 1 / (1 + Math.exp(-sum)), 1e-5);
      close(value, (await gates())[3], 1e-3);
    });
  });

  it("leads from c to the cell state before it", async () => {
    await panel.locator(".formula .operand").first().click();
    await panel.says("unroll-inspector .formula", "c0[0][0][0] =");
    await panel.locator(".side .link").getByText("back to the unit").click();
    await panel.press("ArrowRight");
    await panel.cursorIs("t = 1");
    await panel.says("unroll-inspector .origin", "previous state: t = 0");
    await panel.locator(".formula .operand").first().click();
    await panel.cursorIs("layer 0 → · t = 0");
    // Now the lanes show c, and its value is the one in bold.
    await panel.says("unroll-inspector .facts", "‖c‖₂");
    await retry("The sum of c", async () => {
      const lines = await panel.texts(".formula > div");
      assert.match(lines[0] ?? "", /^c =/);
      close(Number(await panel.text(".formula strong")), numbersIn(lines[2] ?? "")[0], 1e-12);
    });
  });

  it("copies the whole unit as Python", async () => {
    await panel.locator("unroll-copy .link").getByText("copy as Python").click();
    await panel.textsInclude("unroll-copy .copied", "✓ copied");
    const code = await workbench.page.evaluate("navigator.clipboard.readText()");
    assert.match(String(code), /^c_t = f \* c \+ i \* g$/m);
    assert.match(String(code), /^print\(c_t\)/m);
  });

  it("has no axe finding", async () => {
    for (const theme of ["high-contrast-light", "dark"] as const) {
      await workbench.setTheme(theme, await workbench.webviewFrame("unroll-app"));
      const findings = (): Promise<string[]> => workbench.findings("unroll-app");
      await becomes(`The findings in ${theme}`, findings, []);
    }
  });

  it("scales the recurrent part of a GRU's n by r, and says what lies behind a sequence's end", async () => {
    await open(GRU);
    await panel.says("unroll-inspector .formula", "(1 − z)·n");
    await panel.toggle(".gate >> nth=2", true);
    await panel.says("unroll-inspector h3:nth-of-type(2)", "New gate");
    await retry("The arithmetic of n and h", async () => {
      const formulas = await panel.texts(".formula");
      assert.match(formulas.at(-1) ?? "", /r·\( W_hn·h0 \+ b_hn \)/);
      const [r = NaN, z = NaN, n = NaN] = await gates();
      assert.ok(r > 0 && r < 1);
      close(Number(await panel.text(".formula strong")), (1 - z) * n, 2e-4);
    });
    await panel.press("]", "]", "End");
    await panel.says("unroll-inspector p", "behind the end of this sequence (length 2)");
  });

  it("says that the reference's step does not follow from its own state", async () => {
    await open("differs/differs.unroll.json");
    await panel.cursorIs("t = 0");
    await panel.says(".origin-of-difference", "the first step of its direction");
    await panel.press("ArrowRight");
    await panel.says(".reference .own", "✗ does not follow");
    await panel.says(".origin-of-difference", "h at t = 0 gives another value here");
    await panel.says(".origin-of-difference", "Checked with our x");
  });

  it("says what a difference was carried from, and leads there", async () => {
    await open("carried.unroll.json");
    await panel.press("ArrowRight");
    await panel.cursorIs("t = 1");
    await panel.says(".reference .own", "✓ follows");
    await panel.says(".origin-of-difference", "the difference was carried");
    await panel.locator(".origin-of-difference .link").click();
    await panel.cursorIs("t = 0");
    await open("below.unroll.json");
    await panel.press("End", "PageUp", "PageUp");
    await panel.cursorIs("layer 2 → · t = 4");
    await panel.says(".origin-of-difference", "Below, h_n of layer 1 → already differs");
    await panel.locator(".origin-of-difference .link").click();
    await panel.cursorIs("layer 1 → · t = 4");
  });

  it("writes gates that are coupled, clipped, hard and without bias as they are computed", async () => {
    await open("coupled.unroll.json");
    await panel.says(".origin", "h0 as given, c0 is zeros");
    const sum = (): Promise<string> => panel.text(".formula >> nth=-1");
    const said = await until("The sum", sum, (text) => text.includes("clip("));
    assert.match(said, /^i =\s?hard σ\( W_ii·x \+ W_hi·h0 \)/);
    await panel.attributeIs(
      ".formula >> nth=-1 >> abbr >> nth=0",
      "title",
      "max(0, min(1, 0.2500·x + 0.5000))",
    );
    await retry("The forget gate", async () => {
      await panel.locator(".gate").nth(1).click();
      const [i = NaN, f = NaN] = await gates();
      assert.match(await sum(), /^f =\s?1 − i/);
      close(f, 1 - i, 2e-3);
    });
  });

  it("makes h of a projection", async () => {
    await open("projected.unroll.json");
    await panel.says(".formula", "W_hr·h′, h′ = o·tanh(c)");
    await panel.locator(".side .link").getByText("show all 8 terms").click();
    await retry("The sum of the projection", async () => {
      const products = (await panel.texts(".terms td:last-child .value")).map((text) =>
        Number(text.replace("= ", "")),
      );
      const total = products.reduce((all, product) => all + product, 0);
      close(Number(await panel.text(".formula strong")), total, 1e-6);
    });
  });
});
