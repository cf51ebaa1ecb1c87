/**
 * The update of each cell from its gates, for one row of the batch at one step. The equations are those of ../cells.ts.
 *
 * `gates` is that row of gates before activation, and used up. State and its copies for the result are written.
 */
import { relu, sigmoid, tanh } from "./activations";
import { lanes } from "./reals";

/** Writes a vector's first `count` lanes. */
// @ts-ignore: decorator
@inline
function storeLanes<T>(to: usize, value: v128, count: i32): void {
  if (count >= lanes<T>()) {
    v128.store(to, value);
    return;
  }
  if (sizeof<T>() == 8) {
    v128.store_lane<f64>(to, value, 0);
    return;
  }
  v128.store_lane<f32>(to, value, 0);
  if (count > 1) v128.store_lane<f32>(to, value, 1, 4);
  if (count > 2) v128.store_lane<f32>(to, value, 2, 8);
}

/** Copies a row of `count` reals; what it is copied from is padded to whole vectors. */
export function storeRow<T>(from: usize, to: usize, count: i32): void {
  for (let left = count; left > 0; left -= lanes<T>(), from += 16, to += 16) {
    storeLanes<T>(to, v128.load(from), left);
  }
}

/** h' = tanh(gate) or relu(gate). `stateH` is padded to whole vectors, `h` is not. */
export function rnnRow<T>(gates: usize, stateH: usize, h: usize, count: i32, isRelu: bool): void {
  for (let left = count; left > 0; left -= lanes<T>(), gates += 16, stateH += 16, h += 16) {
    const gate = v128.load(gates);
    const next = isRelu ? relu<T>(gate) : tanh<T>(gate);
    v128.store(stateH, next);
    storeLanes<T>(h, next, left);
  }
}

/**
 * c' = σ(f) · c + σ(i) · tanh(g); h' = σ(o) · tanh(c'). `h` and `c` are 0 where they are not wanted.
 *
 * All of c' comes before any of h': what waits for a tanh would keep the processor from looking further ahead.
 */
export function lstmRow<T>(
  gates: usize, stateH: usize, stateC: usize, h: usize, c: usize, count: i32,
): void {
  let group = gates;
  let cell = stateC;
  for (let left = count; left > 0; left -= lanes<T>()) {
    const i = sigmoid<T>(v128.load(group));
    const f = sigmoid<T>(v128.load(group, 16));
    const g = tanh<T>(v128.load(group, 32));
    v128.store(group, sigmoid<T>(v128.load(group, 48)), 48);
    const next = v128.add<T>(v128.mul<T>(f, v128.load(cell)), v128.mul<T>(i, g));
    v128.store(cell, next);
    if (c != 0) {
      storeLanes<T>(c, next, left);
      c += 16;
    }
    group += 64;
    cell += 16;
  }
  for (let left = count; left > 0; left -= lanes<T>()) {
    const next = v128.mul<T>(v128.load(gates, 48), tanh<T>(v128.load(stateC)));
    v128.store(stateH, next);
    if (h != 0) {
      storeLanes<T>(h, next, left);
      h += 16;
    }
    gates += 64;
    stateH += 16;
    stateC += 16;
  }
}

/**
 * n = tanh(x_n + r · h_n); h' = n + z · (h − n) as torch computes it; `fromH`: the gates that h gives; h is read
 * from `stateH` and h' written to `nextH`, which may be the same.
 *
 * All of r and z comes before any of n, for the same reason.
 */
export function gruRow<T>(
  gates: usize, fromH: usize, stateH: usize, nextH: usize, h: usize, count: i32,
): void {
  let group = gates;
  for (let left = count; left > 0; left -= lanes<T>()) {
    const r = sigmoid<T>(v128.add<T>(v128.load(group), v128.load(fromH)));
    const z = sigmoid<T>(v128.add<T>(v128.load(group, 16), v128.load(fromH, 16)));
    v128.store(group, z, 16);
    const ofN = v128.add<T>(v128.load(group, 32), v128.mul<T>(r, v128.load(fromH, 32)));
    v128.store(group, ofN, 32);
    group += 48;
    fromH += 48;
  }
  for (let left = count; left > 0; left -= lanes<T>()) {
    const n = tanh<T>(v128.load(gates, 32));
    const z = v128.load(gates, 16);
    const next = v128.add<T>(n, v128.mul<T>(z, v128.sub<T>(v128.load(stateH), n)));
    v128.store(nextH, next);
    storeLanes<T>(h, next, left);
    gates += 48;
    stateH += 16;
    nextH += 16;
    h += 16;
  }
}
