/**
 * The recorder for SimpleRNN, LSTM and GRU layers of Keras 3: what a layer is called with, and the steps of its cell.
 */
import { pythonString } from "../../core/escapeJson";
import { constructorLine, type RecurrentConfig } from "../../model/config";
import {
  refuseVariant,
  type RecordedModule,
  type RecorderScript,
  type ScriptPart,
} from "./frameworks";
import { sharedCode } from "./shared";

/** @throws UnsupportedError for a cell that Keras does not have. */
export function kerasScript(
  module: RecordedModule,
  writes: RecorderScript["writes"],
): readonly ScriptPart[] {
  const { config } = module;
  const { clip, coupledInputForget, peephole } = config.variant;
  const isForeign = clip !== null || peephole || coupledInputForget || config.projSize > 0;
  if (isForeign) refuseVariant("keras");
  return [
    { title: "What is recorded", code: headOf(module, writes) },
    { title: "Your model", code: makeOf(module) },
    { title: "Recording", code: `${recordCode}\n\n\n${weightsCode}\n\n\n${gatesOf[config.cell]}` },
    { title: "Files", code: sharedCode },
    { title: "Run", code: 'if __name__ == "__main__":\n    main()' },
  ];
}

function headOf({ config, file }: RecordedModule, writes: RecorderScript["writes"]): string {
  return `"""Records what the recurrent layers of a Keras model compute, state by state, for Unroll: ${constructorLine(config)} in PyTorch's words.

Put your model and its input into make() and run this file: it needs keras 3, numpy and safetensors.
"""

import json
import platform
from pathlib import Path

import keras
import numpy as np
from keras import ops
from safetensors.numpy import save_file

SEED = 0
FOLDER = Path(__file__).resolve().parent
WEIGHTS = FOLDER / ${pythonString(file)}
OUT = ${pythonString(writes.tensors)}
RUN = ${pythonString(writes.runFile)}`;
}

function makeOf({ config, format, prefix }: RecordedModule): string {
  const isModel = format === "keras" || format === "hdf5";
  const names = prefix.replace(/\.$/, "").split("+");
  return [
    "def make():",
    '    """Your recurrent layers, the first one below, and a function that calls your model once."""',
    "    keras.utils.set_random_seed(SEED)",
    "    # ----------------------------------------------------------------------------------------------",
    ...(isModel ? ofModel(names) : ofLayers(config)),
    "    # ----------------------------------------------------------------------------------------------",
    "    return layers, call",
  ].join("\n");
}

/** The layers of a saved model, called with random values of the shape that it takes. */
function ofModel(names: readonly string[]): string[] {
  return [
    "    model = keras.saving.load_model(WEIGHTS, compile=False)",
    `    layers = [find(model, name) for name in ${listOf(names)}]`,
    "    shape = [3 if size is None else size for size in model.inputs[0].shape]",
    "    shape[1] = model.inputs[0].shape[1] or 8",
    "    is_tokens = isinstance(model.layers[0], keras.layers.Embedding) or len(shape) == 2",
    "    x = np.random.randint(0, 10, shape) if is_tokens else np.random.normal(size=shape)",
    "",
    "    def call():",
    "        model(ops.convert_to_tensor(x), training=False)",
    "",
  ];
}

function ofLayers({
  cell,
  hiddenSize,
  inputSize,
  numLayers,
  bidirectional,
  bias,
}: RecurrentConfig): string[] {
  const name = cell === "RNN" ? "SimpleRNN" : cell;
  const made = `keras.layers.${name}(${hiddenSize}, return_sequences=True${bias ? "" : ", use_bias=False"})`;
  const layer = bidirectional ? `keras.layers.Bidirectional(${made})` : made;
  return [
    `    layers = [${layer} for _ in range(${numLayers})]`,
    "    model = keras.Sequential(layers)",
    `    x = np.random.normal(size=(3, 8, ${inputSize}))`,
    "    # Load your weights here: these are random.",
    "",
    "    def call():",
    "        model(ops.convert_to_tensor(x), training=False)",
    "",
  ];
}

function listOf(names: readonly string[]): string {
  return `[${names.map(pythonString).join(", ")}]`;
}

const recordCode = `def main():
    layers, call = make()
    calls = {}
    for layer in layers:
        hook(layer, calls)
    call()
    first = calls[id(layers[0])]
    x = ops.convert_to_numpy(first["x"])
    steps = x.transpose(1, 0, 2)
    mask = None if first["mask"] is None else ops.convert_to_numpy(first["mask"]).astype(bool)
    lengths = None if mask is None else mask.sum(axis=1).astype(np.int64)
    lanes, finals, starts = {}, [], []
    for index, layer in enumerate(layers):
        given = first["initial_state"] if index == 0 else None
        outputs = []
        for place, (direction, part) in enumerate(directions_of(layer)):
            start = start_of(part, given, place, steps.shape[1])
            kept, final = walk(part.cell, steps, lengths, start, direction)
            lanes.update({"layer%d.%s.%s" % (index, direction, name): states for name, states in kept.items()})
            outputs.append(kept["h"])
            finals.append(final)
            starts.append(start)
        steps = np.concatenate(outputs, axis=-1)
    results = {"x": x, "lengths": lengths, "output": steps.transpose(1, 0, 2), **lanes}
    for place, names in enumerate((("h0", "h_n"), ("c0", "c_n"))[: len(finals[0])]):
        results[names[0]] = np.stack([start[place] for start in starts])
        results[names[1]] = np.stack([final[place] for final in finals])
    weights = weights_of(layers)
    results.update({"weights." + name: values for name, values in weights.items()})
    warn(first["training"] is True, results["h0"], [one for name, one in weights.items() if "bias" in name])
    returned = calls[id(layers[-1])]["result"]
    apart = np.abs(ops.convert_to_numpy(returned[0] if isinstance(returned, list) else returned))
    print("the last layer returned values up to", float(apart.max()), "- the steps up to", float(np.abs(steps).max()))
    about = {
        "framework": "Keras",
        "keras": keras.__version__,
        "backend": keras.config.backend(),
        "dtype": str(x.dtype),
        "training": first["training"] is True,
        "layers": [layer.name for layer in layers],
    }
    save(results, options_of(layers[0]), about)


def hook(layer, calls):
    """Keeps what a layer is called with, and what it returns."""
    inner = layer.call

    def call(x, initial_state=None, mask=None, training=False, **others):
        result = inner(x, initial_state=initial_state, mask=mask, training=training, **others)
        calls[id(layer)] = dict(x=x, initial_state=initial_state, mask=mask, training=training, result=result)
        return result

    layer.call = call


def find(model, name):
    """A layer by its name, with those of the models that hold it before it: outer.lstm."""
    for part in name.split("."):
        model = model.get_layer(part)
    return model


def directions_of(layer):
    if isinstance(layer, keras.layers.Bidirectional):
        return [("forward", layer.forward_layer), ("reverse", layer.backward_layer)]
    return [("reverse" if layer.go_backwards else "forward", layer)]


def start_of(part, given, place, rows):
    """The initial states of one direction, (B, H) each; zeros where the layer is not given any."""
    sizes = part.cell.state_size if isinstance(part.cell.state_size, (list, tuple)) else [part.cell.state_size]
    if given is None:
        return [np.zeros((rows, size), np.float32) for size in sizes]
    given = given if isinstance(given, (list, tuple)) else [given]
    return [ops.convert_to_numpy(one) for one in given[place * len(sizes) : (place + 1) * len(sizes)]]


def walk(cell, x, lengths, start, direction):
    """Every state and gate of one direction, (T, B, H), from single steps of its cell; and the final states."""
    kept, states = {}, list(start)
    for t in range(len(x)) if direction == "forward" else reversed(range(len(x))):
        x_t, before = ops.convert_to_tensor(x[t]), [ops.convert_to_tensor(one) for one in states]
        _, after = cell(x_t, before, training=False)
        after = [ops.convert_to_numpy(one) for one in (after if isinstance(after, (list, tuple)) else [after])]
        found = dict(zip("hc", after), **gates_of(cell, x_t, before[0]))
        goes_on = np.ones((x.shape[1], 1), bool) if lengths is None else lengths[:, None] > t
        for name, values in found.items():
            kept.setdefault(name, {})[t] = np.where(goes_on, values, 0)
        states = [np.where(goes_on, new, old) for new, old in zip(after, states)]
    return {name: np.stack([by_step[t] for t in range(len(x))]) for name, by_step in kept.items()}, states


def options_of(layer):
    """The options of a run that computes as the layer does."""
    _, part = directions_of(layer)[0]
    options = {"batchFirst": True}
    activation = getattr(part.cell, "recurrent_activation", None)
    if getattr(activation, "__name__", "sigmoid") == "hard_sigmoid":
        options["gateActivation"] = "hard_sigmoid_keras3"
    if hasattr(part.cell, "reset_after"):
        options["resetAfter"] = bool(part.cell.reset_after)
    if activation is None:
        options["nonlinearity"] = part.cell.activation.__name__
    if directions_of(layer)[0][0] == "reverse":
        options["reverse"] = True
    return options`;

const weightsCode = `def weights_of(layers):
    """The weights by PyTorch's names and in its order: i f g o is Keras' i f c o, r z n is its z r h."""
    found = {}
    for index, layer in enumerate(layers):
        for direction, part in directions_of(layer):
            ending = "_l%d%s" % (index, "_reverse" if len(directions_of(layer)) == 2 and direction == "reverse" else "")
            cell = part.cell
            order = (1, 0, 2) if isinstance(cell, keras.layers.GRUCell) else None
            found["weight_ih" + ending] = in_order(cell.kernel, order).T
            found["weight_hh" + ending] = in_order(cell.recurrent_kernel, order).T
            if cell.bias is not None:
                bias = in_order(cell.bias, order)
                found["bias_ih" + ending] = bias if bias.ndim == 1 else bias[0]
                found["bias_hh" + ending] = np.zeros_like(bias) if bias.ndim == 1 else bias[1]
    return found


def in_order(weight, order):
    values = ops.convert_to_numpy(weight)
    if order is None:
        return values
    gates = np.split(values, 3, axis=-1)
    return np.concatenate([gates[place] for place in order], axis=-1)`;

const gatesOf: Readonly<Record<RecurrentConfig["cell"], string>> = {
  RNN: `def gates_of(cell, x, h):
    """A SimpleRNN has no gates."""
    return {}`,
  LSTM: `def gates_of(cell, x, h):
    """The gates of one step, which the cell does not return."""
    a = ops.matmul(x, cell.kernel) + ops.matmul(h, cell.recurrent_kernel)
    a = a if cell.bias is None else a + cell.bias
    i, f, g, o = ops.split(a, 4, axis=1)
    squash = cell.recurrent_activation
    gates = {"i": squash(i), "f": squash(f), "g": cell.activation(g), "o": squash(o)}
    return {name: ops.convert_to_numpy(values) for name, values in gates.items()}`,
  GRU: `def gates_of(cell, x, h):
    """The gates of one step, which the cell does not return."""
    biases = (0, 0)
    if cell.bias is not None:
        biases = (cell.bias[0], cell.bias[1]) if cell.reset_after else (cell.bias, 0)
    x_z, x_r, x_n = ops.split(ops.matmul(x, cell.kernel) + biases[0], 3, axis=1)
    h_z, h_r, h_n = ops.split(ops.matmul(h, cell.recurrent_kernel) + biases[1], 3, axis=1)
    z, r = cell.recurrent_activation(x_z + h_z), cell.recurrent_activation(x_r + h_r)
    if cell.reset_after:
        n = cell.activation(x_n + r * h_n)
    else:
        n = cell.activation(x_n + ops.matmul(r * h, cell.recurrent_kernel[:, 2 * cell.units :]))
    return {name: ops.convert_to_numpy(values) for name, values in zip("rzn", (r, z, n))}`,
};
