/**
 * Rows of the shape check for weights and biases.
 *
 * PyTorch's texts are those of nn.Module.load_state_dict, torch 2.13.
 */
import { formatShape, isTransposed, sameShape, type Shape } from "../../tensor/tensor";
import { text } from "../../core/text";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import type { ClashCause } from "./clash";
import type { CheckedRow, KnownClash, ShapeInputs, ShapeRow } from "./shapes";
import { expectedParameters, type Parameter } from "../parameters";
import { sequenceSizes } from "../sequence";

/** One row a parameter that the module has or should have, in PyTorch's order. */
export function checkParameters(inputs: ShapeInputs): CheckedRow[] {
  const expected = expectedParameters(inputs.config);
  const pytorch = loadStateDictText(inputs, expected);
  const rows = expected.map((parameter): CheckedRow => {
    const found = inputs.parameters.get(parameter.name)?.shape ?? null;
    const row = parameterRow(parameter, found);
    return {
      row,
      clash: row.status === "ok" ? null : describeClash(inputs, parameter, row, pytorch),
    };
  });
  const names = new Set(expected.map(({ name }) => name));
  for (const [name, { shape }] of inputs.parameters) {
    if (!names.has(name))
      rows.push({ row: unexpectedRow(inputs.config, name, shape), clash: null });
  }
  return rows;
}

function parameterRow(parameter: Parameter, found: Shape | null): ShapeRow {
  const { name, axes, shape: expected, layer, direction } = parameter;
  const row = { name, axes, found, expected };
  if (found === null) {
    // Named so where the module has a forward direction too.
    const reason =
      direction === "reverse" && name.endsWith("_reverse")
        ? text("layer {0} has no reverse direction", layer)
        : text("not in the file");
    return { ...row, status: "missing", reason };
  }
  if (sameShape(found, expected)) return { ...row, status: "ok", reason: parameter.reason };
  if (isTransposed(found, expected)) {
    return { ...row, status: "mismatch", reason: text("looks transposed; {0}", parameter.reason) };
  }
  return { ...row, status: "mismatch", reason: parameter.reason };
}

function unexpectedRow(config: RecurrentConfig, name: string, found: Shape): ShapeRow {
  return {
    name,
    axes: found.map(() => "?"),
    found,
    expected: null,
    status: "unexpected",
    reason: text("nn.{0} has no parameter of this name; it is not used", config.cell),
  };
}

function describeClash(
  inputs: ShapeInputs,
  parameter: Parameter,
  row: ShapeRow,
  pytorch: string,
): KnownClash {
  const { config } = inputs;
  const { layer, direction, name: tensor, shape: expected } = parameter;
  const batchSize = sequenceSizes(inputs.input, config.batchFirst)?.batchSize ?? 1;
  const product =
    row.found !== null && parameter.role === "weightIh" && row.found.length === 2
      ? {
          left: { label: "x_t", shape: [batchSize, parameter.shape[1] ?? 0] },
          right: { label: "W_ihᵀ", shape: [...row.found].reverse() },
        }
      : null;
  return {
    clash: { of: "parameter", layer, direction, tensor, found: row.found, expected },
    cause: causeOfParameter(config, parameter, row.found),
    product,
    pytorch,
  };
}

function causeOfParameter(
  config: RecurrentConfig,
  parameter: Parameter,
  found: Shape | null,
): ClashCause {
  if (found === null) {
    if (parameter.role === "peephole") {
      return { is: "peepholes-everywhere" };
    }
    if (config.bidirectional && parameter.direction === "reverse") {
      return { is: "reverse-everywhere", layer: parameter.layer };
    }
    if (parameter.role === "biasIh" || parameter.role === "biasHh") {
      return { is: "biases-everywhere" };
    }
    return { is: "every-layer", lastLayer: config.numLayers - 1 };
  }
  if (isTransposed(found, parameter.shape)) {
    return { is: "transposed" };
  }
  if (parameter.role === "weightIh" && parameter.layer > 0 && config.bidirectional) {
    return {
      is: "bidirectional-below",
      directions: numDirections(config),
      stateSize: stateSize(config),
      taken: found[1] ?? 0,
    };
  }
  return { is: "others-agree", reason: parameter.reason };
}

/** What load_state_dict of the module that most tensors agree with would print; it knows no peepholes. */
function loadStateDictText(inputs: ShapeInputs, parametersOfRun: readonly Parameter[]): string {
  const { config, parameters } = inputs;
  const expected = parametersOfRun.filter(({ role }) => role !== "peephole");
  const names = new Set(expected.map(({ name }) => name));
  const quoted = (list: readonly string[]): string => list.map((name) => `"${name}"`).join(", ");
  const missing = expected.filter(({ name }) => !parameters.has(name)).map(({ name }) => name);
  const unexpected = [...parameters.keys()].filter((name) => !names.has(name));
  const lines = [
    missing.length > 0 ? `Missing key(s) in state_dict: ${quoted(missing)}. ` : "",
    unexpected.length > 0 ? `Unexpected key(s) in state_dict: ${quoted(unexpected)}. ` : "",
  ].filter((line) => line !== "");
  for (const { name, shape } of expected) {
    const found = parameters.get(name)?.shape;
    if (found === undefined || sameShape(found, shape)) continue;
    lines.push(
      `size mismatch for ${name}: copying a param with shape ${torchSize(found)} from checkpoint, ` +
        `the shape in current model is ${torchSize(shape)}.`,
    );
  }
  const name = config.cell + (config.isCellClass ? "Cell" : "");
  return [`Error(s) in loading state_dict for ${name}:`, ...lines].join("\n\t");
}

function torchSize(shape: Shape): string {
  return `torch.Size(${formatShape(shape)})`;
}
