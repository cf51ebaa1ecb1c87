/**
 * How far every engine is from float64 in every committed case, beside PyTorch's own error there.
 *
 * Prints one line a case with UNROLL_TEST_VERBOSE set.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Precision } from "../../src/engine/base/engine";
import { forward } from "../../src/engine/forward";
import type { Tensor } from "../../src/tensor/tensor";
import { engines, type EngineUnderTest } from "../unit/support/engines";
import { breaksRule, errorsOf, type Errors } from "./accuracy";
import { bindCase, resultsOf, tensorOf, type CaseTensors } from "./bindCase";
import {
  arraysOf,
  describeCase,
  fixtures,
  listCases,
  modulesOf,
  Workplace,
  type CaseModule,
} from "./cases";

type Tensors = ReadonlyMap<string, Tensor>;

/** A module of a case with what PyTorch made of it, by `output`, `h_n` and `c_n`. */
interface Judged extends CaseTensors {
  /** As the case computes it: float32 mostly. */
  readonly reference: Tensors;
  readonly exact: Tensors;
}

describe("errors against float64 in the cases of PyTorch", () => {
  const workplace = new Workplace();
  const lines: string[] = [];

  after(() => {
    workplace.remove();
    if (process.env["UNROLL_TEST_VERBOSE"] !== undefined) console.log(lines.join("\n"));
  });

  for (const folder of listCases(join(fixtures, "cases"))) {
    const description = describeCase(folder);
    const { weights } = description.dtype;
    for (const names of modulesOf(description)) {
      const name =
        names.module === undefined ? description.id : `${description.id} ${names.module}`;

      it(`${name}: ours is at most twice PyTorch's own`, async () => {
        const judged = await readCase(workplace, folder, names, "");
        const precision = weights === "float64" ? "f64" : "f32";
        const errors = engines.flatMap((engine) => {
          const found = errorsThrough(engine, judged, precision);
          return found === null ? [] : [{ ...found, engine: engine.name }];
        });
        assert.equal(errors[0]?.engine, "readable");
        lines.push(lineOf(name, errors));
        assert.ok(!errors.some(breaksRule), lineOf(name, errors));
      });

      if (description.dtype.native_outputs !== true) continue;
      it(`${name}: native ${weights} is at most twice PyTorch's own`, async () => {
        const judged = await readCase(workplace, folder, names, "_native");
        const [readable] = engines;
        assert.ok(readable);
        const errors = errorsThrough(readable, judged, weights === "float16" ? "f16" : "bf16");
        assert.ok(errors);
        const line = lineOf(`${name} native`, [{ ...errors, engine: readable.name }]);
        lines.push(line);
        assert.ok(!breaksRule(errors), line);
      });
    }
  }
});

/** Reads a module of a case; `suffix` chooses among the references. */
async function readCase(
  workplace: Workplace,
  folder: string,
  names: CaseModule,
  suffix: string,
): Promise<Judged> {
  const description = describeCase(folder);
  const weights = await workplace.readAll(join(folder, "weights.safetensors"));
  const arrays = await workplace.readAll(arraysOf(folder));
  const tensors = { description, weights, arrays, names };
  const { output, h_n, c_n } = names;
  const results = { output, h_n, ...(c_n === undefined ? {} : { c_n }) };
  const pick = (from: Tensors, ending: string): Tensors =>
    new Map(
      Object.entries(results).map(([name, array]) => [name, tensorOf(from, `${array}${ending}`)]),
    );
  const reference = pick(arrays, suffix);
  const float64 = join(folder, "expected64.npz");
  const exact = existsSync(float64)
    ? pick(await workplace.readAll(float64), "")
    : inFloat64(tensors, reference);
  return { ...tensors, reference, exact };
}

/** Large cases do not carry float64 results; those of the readable path, proven in the other cases, stand in. */
function inFloat64(tensors: CaseTensors, shapes: Tensors): Tensors {
  const input = bindCase(tensors, "f64");
  const results = resultsOf(tensors.description, input, forward(input), shapes);
  return new Map(
    [...results].map(([name, { data }]) => [name, { ...tensorOf(shapes, name), data }]),
  );
}

/** null where the engine does not compute the network. */
function errorsThrough(
  engine: EngineUnderTest,
  judged: Judged,
  precision: Precision,
): Errors | null {
  const { description, reference, exact } = judged;
  const input = bindCase(judged, precision);
  const made = engine.create(input);
  if (made === null) return null;
  const ours = resultsOf(description, input, forward(input, { createEngine: () => made }), exact);
  return errorsOf(precision, ours, [reference], exact, 0);
}

/** `lstm-1l: PyTorch 6.1e-8, readable 2.9e-8, simd 4.0e-8`. */
function lineOf(name: string, errors: readonly (Errors & { readonly engine: string })[]): string {
  const parts = errors.map(({ engine, ours }) => `${engine} ${ours.toExponential(1)}`);
  const theirs = errors[0]?.theirs.toExponential(1) ?? "";
  return `  ${name}: PyTorch ${theirs}, ${parts.join(", ")}`;
}
