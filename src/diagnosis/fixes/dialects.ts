/**
 * What PyTorch and NumPy write otherwise: the lines of both are made from one template.
 */

/** Expressions are Python; an `axis` may be negative. */
export interface Dialect {
  readonly name: "torch" | "numpy";
  readonly importLine: string;
  readonly tanh: (value: string) => string;
  readonly sigmoid: (value: string) => string;
  readonly relu: (value: string) => string;
  readonly clip: (value: string, low: number, high: number) => string;
  /** Equal parts along an axis. */
  readonly split: (value: string, parts: number, axis: number) => string;
  /** A list of arrays side by side. */
  readonly join: (values: string, axis: number) => string;
  readonly stack: (values: string) => string;
  readonly flip: (value: string, axis: number) => string;
  readonly copy: (value: string) => string;
  /** Rows `index` (a list or an array of indices) along an axis. */
  readonly take: (value: string, index: string, axis: string) => string;
  /** A list of numbers as an array. */
  readonly array: (values: string) => string;
}

export const torchDialect: Dialect = {
  name: "torch",
  importLine: "import torch",
  tanh: (value) => `torch.tanh(${value})`,
  sigmoid: (value) => `torch.sigmoid(${value})`,
  relu: (value) => `torch.relu(${value})`,
  clip: (value, low, high) => `torch.clamp(${value}, ${low}, ${high})`,
  split: (value, parts, axis) => `torch.chunk(${value}, ${parts}, dim=${axis})`,
  join: (values, axis) => `torch.cat(${values}, dim=${axis})`,
  stack: (values) => `torch.stack(${values})`,
  flip: (value, axis) => `torch.flip(${value}, [${axis}])`,
  copy: (value) => `${value}.clone()`,
  take: (value, index, axis) => `torch.index_select(${value}, ${axis}, ${index})`,
  array: (values) => `torch.tensor(${values})`,
};

export const numpyDialect: Dialect = {
  name: "numpy",
  importLine: "import numpy as np",
  tanh: (value) => `np.tanh(${value})`,
  sigmoid: (value) => `1 / (1 + np.exp(-${value.includes(" ") ? `(${value})` : value}))`,
  relu: (value) => `np.maximum(${value}, 0)`,
  clip: (value, low, high) => `np.clip(${value}, ${low}, ${high})`,
  split: (value, parts, axis) => `np.split(${value}, ${parts}, axis=${axis})`,
  join: (values, axis) => `np.concatenate(${values}, axis=${axis})`,
  stack: (values) => `np.stack(${values})`,
  flip: (value, axis) => `np.flip(${value}, ${axis})`,
  copy: (value) => `${value}.copy()`,
  take: (value, index, axis) => `np.take(${value}, ${index}, ${axis})`,
  array: (values) => `np.array(${values})`,
};
