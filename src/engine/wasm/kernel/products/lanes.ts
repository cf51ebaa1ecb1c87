/**
 * Steps of a direction of a layer for one row, in float64: the cells as PyTorch has them, without projection or
 * peepholes. One step's products are followed by its gates, two units at a time.
 *
 * From `at` on, in f64: biases of the recurrence (gates · units), sums (the same, and 2 more), h and c (units + 2 each),
 * inputs W_ih·x + b_ih in the order of the steps (steps · gates · units, and 2), h (steps · units, and 2) and c after
 * each step. What is more than there are units is written by the last two of an odd number.
 */
import { relu, sigmoid, tanh } from "../activations";
import { products } from "./multiply";

// @ts-ignore: decorator
@inline
function reals(count: i32): usize {
  return (count as usize) << 3;
}

/** Input, product and bias of two units. */
// @ts-ignore: decorator
@inline
function sumAt(input: usize, sums: usize, bias: usize): v128 {
  return f64x2.add(v128.load(input), f64x2.add(v128.load(sums), v128.load(bias)));
}

export function lstmSteps<T>(matrix: usize, units: i32, steps: i32, at: usize): void {
  const size = reals(units), row = size << 2;
  const bias = at, sums = bias + row, h = sums + row + 16, c = h + size + 16;
  let x = c + size + 16;
  let hs = x + (steps as usize) * row + 16;
  let cs = hs + (steps as usize) * size + 16;
  for (let step = 0; step < steps; step++, x += row, hs += size, cs += size) {
    products<T>(matrix, 4 * units, units, h, 1, sums);
    for (let u: usize = 0; u < size; u += 16) {
      const f = u + size, g = f + size, o = g + size;
      const after = f64x2.add(
        f64x2.mul(sigmoid<f64>(sumAt(x + f, sums + f, bias + f)), v128.load(c + u)),
        f64x2.mul(
          sigmoid<f64>(sumAt(x + u, sums + u, bias + u)),
          tanh<f64>(sumAt(x + g, sums + g, bias + g)),
        ),
      );
      const shown = f64x2.mul(sigmoid<f64>(sumAt(x + o, sums + o, bias + o)), tanh<f64>(after));
      v128.store(c + u, after);
      v128.store(cs + u, after);
      v128.store(h + u, shown);
      v128.store(hs + u, shown);
    }
  }
}

export function gruSteps<T>(matrix: usize, units: i32, steps: i32, at: usize): void {
  const size = reals(units), row = (size << 1) + size;
  const bias = at, sums = bias + row, h = sums + row + 16;
  let x = h + 2 * (size + 16);
  let hs = x + (steps as usize) * row + 16;
  const one = f64x2.splat(1);
  for (let step = 0; step < steps; step++, x += row, hs += size) {
    products<T>(matrix, 3 * units, units, h, 1, sums);
    for (let u: usize = 0; u < size; u += 16) {
      const z = u + size, n = z + size;
      const reset = sigmoid<f64>(sumAt(x + u, sums + u, bias + u));
      const update = sigmoid<f64>(sumAt(x + z, sums + z, bias + z));
      const recurrent = f64x2.add(v128.load(sums + n), v128.load(bias + n));
      const candidate = tanh<f64>(f64x2.add(v128.load(x + n), f64x2.mul(reset, recurrent)));
      const after = f64x2.add(
        f64x2.mul(f64x2.sub(one, update), candidate),
        f64x2.mul(update, v128.load(h + u)),
      );
      v128.store(h + u, after);
      v128.store(hs + u, after);
    }
  }
}

export function rnnSteps<T>(matrix: usize, units: i32, steps: i32, at: usize, isRelu: bool): void {
  const row = reals(units);
  const bias = at, sums = bias + row, h = sums + row + 16;
  let x = h + 2 * (row + 16);
  let hs = x + (steps as usize) * row + 16;
  for (let step = 0; step < steps; step++, x += row, hs += row) {
    products<T>(matrix, units, units, h, 1, sums);
    for (let u: usize = 0; u < row; u += 16) {
      const sum = sumAt(x + u, sums + u, bias + u);
      const after = isRelu ? relu<f64>(sum) : tanh<f64>(sum);
      v128.store(h + u, after);
      v128.store(hs + u, after);
    }
  }
}
