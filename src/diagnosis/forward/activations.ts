/**
 * Functions that stand in the place of tanh and σ when one of them is mistaken.
 */

export type Activation = (value: number) => number;

export const sigmoid: Activation = (v) => 1 / (1 + Math.exp(-v));
export const relu: Activation = (v) => (v < 0 ? 0 : v);
export const linear: Activation = (v) => v;
export const hardTanh: Activation = (v) => Math.min(1, Math.max(-1, v));
/** "Fast tanh" of audio and game code: v(27 + v²)/(27 + 9v²), limited to ±1. */
export const tanhPade: Activation = (v) => hardTanh((v * (27 + v * v)) / (27 + 9 * v * v));
export const softsign: Activation = (v) => v / (1 + Math.abs(v));
/** The form with tanh that GPT-2 and BERT have. */
export const gelu: Activation = (v) =>
  0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
export const fastSigmoid: Activation = (v) => 0.5 + (0.5 * v) / (1 + Math.abs(v));

/** max(0, min(1, alpha·v + beta)). */
export function hardSigmoid(alpha: number, beta: number): Activation {
  return (v) => Math.min(1, Math.max(0, alpha * v + beta));
}
