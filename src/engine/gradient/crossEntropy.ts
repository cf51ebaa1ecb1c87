/**
 * A linear head under cross-entropy: the loss of its logits, and the gradients of its parameters and input.
 *
 * Source: torch.nn.functional.cross_entropy with class indices; ∂L/∂logits = softmax(logits) − onehot(target), each
 * row times its share of the loss.
 */
import { dot } from "../readable/linalg";

/** The target of a row that does not count: torch's `ignore_index`. */
export const ignoredTarget = -100;

/** Linear layer and targets; R rows of F features, C classes. */
export interface LinearCrossEntropy {
  /** (R, F). */
  readonly features: Float64Array;
  /** (C, F). */
  readonly weight: Float64Array;
  /** (C); null without bias. */
  readonly bias: Float64Array | null;
  /** Class indices, (R); `ignoredTarget` where a row does not count. */
  readonly targets: ArrayLike<number>;
  /** `mean` is over the rows that count, and NaN when none does. */
  readonly reduction: "mean" | "sum";
}

export interface LinearCrossEntropyGradient {
  readonly loss: number;
  /** (R, C). */
  readonly logits: Float64Array;
  /** ∂L/∂logits, (R, C). */
  readonly ofLogits: Float64Array;
  /** ∂L/∂weight, (C, F). */
  readonly weight: Float64Array;
  /** ∂L/∂bias, (C). */
  readonly bias: Float64Array | null;
  /** ∂L/∂features, (R, F). */
  readonly features: Float64Array;
}

/**
 * Loss and gradients of cross-entropy on W·features + b.
 * @throws RangeError when a target is no class.
 */
export function linearCrossEntropy(head: LinearCrossEntropy): LinearCrossEntropyGradient {
  const rows = head.targets.length;
  const features = head.features.length / Math.max(1, rows);
  const classes = head.bias?.length ?? head.weight.length / Math.max(1, features);
  assertTargets(head.targets, classes);
  const logits = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const x = head.features.subarray(row * features, (row + 1) * features);
    for (let k = 0; k < classes; k++) {
      logits[row * classes + k] =
        dot(head.weight, k * features, x, features) + (head.bias?.[k] ?? 0);
    }
  }
  const { loss, ofLogits } = crossEntropy(logits, head.targets, classes, head.reduction);
  return {
    loss,
    logits,
    ofLogits,
    ...linearGradients(head, ofLogits, { rows, features, classes }),
  };
}

/** Cross-entropy of logits (R, C): its value and ∂L/∂logits. */
export function crossEntropy(
  logits: Float64Array,
  targets: ArrayLike<number>,
  classes: number,
  reduction: "mean" | "sum",
): { loss: number; ofLogits: Float64Array } {
  const rows = targets.length;
  let counted = 0;
  for (let row = 0; row < rows; row++) if (targets[row] !== ignoredTarget) counted++;
  const share = reduction === "mean" ? 1 / counted : 1;
  const ofLogits = new Float64Array(logits.length);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const target = targets[row]!;
    if (target === ignoredTarget) continue;
    const offset = row * classes;
    const logSum = logSumExp(logits.subarray(offset, offset + classes));
    sum += logSum - logits[offset + target]!;
    for (let k = 0; k < classes; k++) {
      const probability = Math.exp(logits[offset + k]! - logSum);
      ofLogits[offset + k] = (probability - (k === target ? 1 : 0)) * share;
    }
  }
  return { loss: reduction === "mean" ? sum / counted : sum, ofLogits };
}

/** log Σ e^v; the largest value is subtracted first to avoid overflow. */
function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

function linearGradients(
  { features: x, weight, bias }: LinearCrossEntropy,
  ofLogits: Float64Array,
  { rows, features, classes }: Readonly<Record<"rows" | "features" | "classes", number>>,
): Pick<LinearCrossEntropyGradient, "weight" | "bias" | "features"> {
  const gradients = {
    weight: new Float64Array(weight.length),
    bias: bias === null ? null : new Float64Array(classes),
    features: new Float64Array(x.length),
  };
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) {
      const factor = ofLogits[row * classes + k]!;
      if (gradients.bias !== null) gradients.bias[k]! += factor;
      for (let f = 0; f < features; f++) {
        gradients.weight[k * features + f]! += factor * x[row * features + f]!;
        gradients.features[row * features + f]! += factor * weight[k * features + f]!;
      }
    }
  }
  return gradients;
}

function assertTargets(targets: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!;
    const isClass = Number.isInteger(target) && target >= 0 && target < classes;
    if (isClass || target === ignoredTarget) continue;
    throw new RangeError(`target ${target} of row ${row} is none of ${classes} classes`);
  }
}
