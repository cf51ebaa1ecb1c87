/**
 * The tests of a reduced case, for pytest and for node:test: they fail until the forward is mended.
 *
 * Both compare what the user's forward returns with what is right. Until it is put in, what was recorded of it stands
 * in its place, which is wrong.
 */
import { isTorchModule, torchConstructor, torchForward, type ForwardFrame } from "../cases/python";
import { pythonString } from "../../core/escapeJson";

/** What both tests are made of. */
export interface TestedCase extends ForwardFrame {
  /** The finding's id: one of the catalogue. */
  readonly id: string;
  /** Names of the recorded results: output, h_n, c_n. */
  readonly recorded: readonly string[];
  readonly tolerance: number;
  readonly isDouble: boolean;
}

/** What the parameters' names begin with in the files of the case, and the results of the right forward. */
export const PREFIX = "rnn.";
export const RIGHT = "right.";

const RULE = "-".repeat(87);

/** `test_case.py`. */
export function pytestFile(tested: TestedCase): string {
  const { id, tolerance } = tested;
  const prefix = pythonString(PREFIX);
  const lines = [
    `"""The smallest case that shows ${id}.`,
    "",
    "pytest test_case.py",
    "",
    "Fails until forward() returns what is right.",
    '"""',
    "from pathlib import Path",
    "",
    "import numpy as np",
    "",
    'CASE = dict(np.load(Path(__file__).with_name("case.npz")))',
    `NAMES = [name for name in CASE if name.startswith(${prefix})]`,
    `WEIGHTS = {name[${PREFIX.length}:]: CASE[name] for name in NAMES}`,
    "# Largest difference that is rounding.",
    `TOLERANCE = ${String(tolerance)}`,
    "",
    "",
    "def forward(x, h0, c0, lengths, weights):",
    '    """Returns output, h_n and c_n as NumPy arrays; None for what there is not.',
    "",
    "    h0 and c0 are None for zeros, lengths for full sequences; weights have torch.nn's names.",
    '    """',
    `    # ${RULE}`,
    "    # Your own implementation goes here, e.g.:",
    "    # from my_package import forward",
    "    # return forward(x, h0, c0, lengths, weights)",
    "    # Until then: what was recorded of it, which is not right.",
    `    # ${RULE}`,
    '    return CASE.get("output"), CASE.get("h_n"), CASE.get("c_n")',
    "",
    "",
    ...rightFunction(tested),
    "",
    "",
    ...testFunction(tested),
  ];
  return `${lines.join("\n")}\n`;
}

/** What the module returns: asked of torch.nn where it has such a module, and there is torch. */
function rightFunction(tested: TestedCase): string[] {
  const { config, isDouble } = tested;
  const stored = `return tuple(CASE.get(${pythonString(RIGHT)} + name) for name in ("output", "h_n", "c_n"))`;
  const head = "def right(x, h0, c0, lengths):";
  if (!isTorchModule(config)) {
    return [
      head,
      '    """What the module returns; torch.nn has none that computes as it does."""',
      `    ${stored}`,
    ];
  }
  return [
    head,
    `    """What torch.nn.${config.cell}${config.isCellClass ? "Cell" : ""} returns."""`,
    "    try:",
    "        import torch",
    "    except ImportError:",
    `        ${stored}`,
    "",
    `    module = ${torchConstructor(config)}${isDouble ? ".double()" : ""}`,
    "    module.load_state_dict({name: torch.from_numpy(a) for name, a in WEIGHTS.items()})",
    ...torchForward(tested).map((line) => `    ${line}`),
  ];
}

function testFunction(tested: TestedCase): string[] {
  const axis = timeAxis(tested);
  const valid = axis === 0 ? "steps[:, None] < lengths" : "steps < lengths[:, None]";
  return [
    "def test_case():",
    '    x, h0, c0 = CASE["input"], CASE.get("h0"), CASE.get("c0")',
    '    lengths = CASE["lengths"].astype(np.int64) if "lengths" in CASE else None',
    '    names = ("output", "h_n", "c_n")',
    "    ours = dict(zip(names, forward(x, h0, c0, lengths, WEIGHTS)))",
    "    wanted = dict(zip(names, right(x, h0, c0, lengths)))",
    `    for name in [${tested.recorded.map(pythonString).join(", ")}]:`,
    "        assert ours[name] is not None, name",
    "        a, b = np.asarray(ours[name]), wanted[name]",
    "        assert a.shape == b.shape, (name, a.shape, b.shape)",
    '        if name == "output" and lengths is not None:',
    "            # Behind the end of a sequence is padding, which does not count.",
    `            steps = np.arange(b.shape[${axis}])`,
    `            a, b = a[${valid}], b[${valid}]`,
    "        np.testing.assert_allclose(a, b, rtol=0, atol=TOLERANCE, err_msg=name)",
  ];
}

/** The axis of time in the output of a run. */
function timeAxis({ config, unbatched }: ForwardFrame): number {
  return config.batchFirst && !unbatched ? 1 : 0;
}

/** `case.test.mjs`, which reads `case.json`. */
export function nodeTestFile(tested: TestedCase): string {
  const { id, recorded, tolerance } = tested;
  const names = recorded.map((name) => JSON.stringify(name)).join(", ");
  const [time, batch] = timeAxis(tested) === 0 ? [0, 1] : [1, 0];
  const lines = [
    `// The smallest case that shows ${id}.`,
    "// node --test case.test.mjs",
    "// Fails until forward() returns what is right.",
    'import assert from "node:assert/strict";',
    'import { readFileSync } from "node:fs";',
    'import test from "node:test";',
    "",
    'const file = readFileSync(new URL("case.json", import.meta.url), "utf8");',
    "// JSON has neither NaN nor infinities: they stand there by their names.",
    "const tensors = JSON.parse(file.replace(/-?\\b(?:NaN|Infinity)\\b/g, '\"$&\"'));",
    "for (const tensor of Object.values(tensors)) tensor.data = tensor.data.map(Number);",
    "// Largest difference that is rounding.",
    `const TOLERANCE = ${String(tolerance)};`,
    "",
    "// Row-major tensors { shape, data }. weights: by torch.nn's names. h0 and c0 are not given for",
    "// zeros, lengths not for full sequences.",
    "async function forward({ input, h0, c0, lengths, weights }) {",
    `  // ${RULE}`,
    "  // Your own implementation goes here, e.g.:",
    "  // return await myForward(input, h0, c0, lengths, weights);",
    "  // Until then: what was recorded of it, which is not right.",
    `  // ${RULE}`,
    "  const { output, h_n, c_n } = tensors;",
    "  return { output, h_n, c_n };",
    "}",
    "",
    `test(${JSON.stringify(id)}, async () => {`,
    "  const { input, h0, c0, lengths } = tensors;",
    "  const named = Object.entries(tensors);",
    `  const own = named.filter(([name]) => name.startsWith(${JSON.stringify(PREFIX)}));`,
    `  const weights = Object.fromEntries(own.map(([name, a]) => [name.slice(${PREFIX.length}), a]));`,
    "  const ours = await forward({ input, h0, c0, lengths, weights });",
    `  for (const name of [${names}]) {`,
    `    const wanted = tensors[${JSON.stringify(RIGHT)} + name];`,
    "    assert.deepEqual(ours[name]?.shape, wanted.shape, name);",
    "    let largest = 0;",
    "    wanted.data.forEach((value, k) => {",
    `      if (name === "output" && lengths !== undefined && isPadding(k, wanted.shape)) return;`,
    "      const own = ours[name].data[k];",
    "      largest = Math.max(largest, Object.is(own, value) ? 0 : Math.abs(own - value));",
    "    });",
    "    assert.ok(largest <= TOLERANCE, `${name}: largest difference ${largest}`);",
    "  }",
    "});",
    "",
    "// True behind the end of a sequence.",
    "function isPadding(k, shape) {",
    "  const at = Math.floor(k / shape[2]);",
    "  const place = [Math.floor(at / shape[1]), at % shape[1]];",
    `  return place[${time}] >= tensors.lengths.data[place[${batch}]];`,
    "}",
  ];
  return `${lines.join("\n")}\n`;
}
