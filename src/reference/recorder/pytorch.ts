/**
 * The recorder for torch.nn.RNN, LSTM, GRU and their cell classes: a forward hook, and the steps inside.
 */
import { pythonString } from "../../core/escapeJson";
import {
  constructorLine,
  isPytorchVariant,
  numDirections,
  stateSize,
  type RecurrentConfig,
} from "../../model/config";
import { weightReaders } from "../../model/export/weightReaders";
import {
  refuseVariant,
  type RecordedModule,
  type RecorderScript,
  type ScriptPart,
} from "./frameworks";
import { sharedCode } from "./shared";

/** @throws UnsupportedError for a cell that torch.nn does not have. */
export function pytorchScript(
  module: RecordedModule,
  writes: RecorderScript["writes"],
): readonly ScriptPart[] {
  const { config } = module;
  if (!isPytorchVariant(config) || config.reverseOnly === true) refuseVariant("pytorch");
  return [
    { title: "What is recorded", code: headOf(module, writes) },
    { title: "Your model", code: makeOf(module) },
    { title: "Recording", code: `${recordOf(config)}\n\n\n${stepsOf(config)}` },
    { title: "Files", code: sharedCode },
    { title: "Run", code: 'if __name__ == "__main__":\n    main()' },
  ];
}

function headOf(
  { config, dropout, file }: RecordedModule,
  writes: RecorderScript["writes"],
): string {
  return `"""Records what ${constructorLine(config, dropout)} computes, state by state, for Unroll.

Put your model and its input into make() and run this file: it needs torch, numpy and safetensors.
"""

import json
import platform
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn.functional import linear
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

SEED = 0
FOLDER = Path(__file__).resolve().parent
WEIGHTS = FOLDER / ${pythonString(file)}
OUT = ${pythonString(writes.tensors)}
RUN = ${pythonString(writes.runFile)}`;
}

/** The function that the user changes: it runs as it is where the weights can be read. */
function makeOf({ config, dropout, format, weightNames }: RecordedModule): string {
  const reader = weightReaders[format];
  const line = constructorLine(config, dropout);
  const lines = [
    "def make():",
    '    """Your recurrent module, and a function that calls your model once. Change what is between the lines."""',
    "    torch.manual_seed(SEED)",
    "    # ----------------------------------------------------------------------------------------------",
    `    module = ${line}`,
    ...(reader === undefined || weightNames === null
      ? ["    # Load your weights into it here: these are random."]
      : [
          "    stored = read_weights()",
          "    names = {",
          ...[...weightNames].map(
            ([name, own]) => `        ${pythonString(name)}: ${pythonString(own)},`,
          ),
          "    }",
          "    module.load_state_dict({name: stored[own] for name, own in names.items()})",
        ]),
    "    module.eval()",
    ...inputLines(config).map((each) => `    ${each}`),
    "    # ----------------------------------------------------------------------------------------------",
    "    return module, call",
  ];
  const reading = reader === undefined || weightNames === null ? [] : [...reader, "", ""];
  return [...reading, ...lines].join("\n");
}

/** A random sequence of 8 steps and 3 rows, with initial states that are not zero. */
function inputLines(config: RecurrentConfig): string[] {
  const { cell, isCellClass, batchFirst, inputSize, hiddenSize, numLayers } = config;
  const slots = isCellClass ? "" : `${numLayers * numDirections(config)}, `;
  const h0 = `torch.randn(${slots}3, ${stateSize(config)})`;
  const state = cell === "LSTM" ? "(h0, c0)" : "h0";
  const sizes = isCellClass || !batchFirst ? "8, 3" : "3, 8";
  return [
    `x = torch.randn(${sizes}, ${inputSize})`,
    cell === "LSTM" ? `h0, c0 = ${h0}, torch.randn(${slots}3, ${hiddenSize})` : `h0 = ${h0}`,
    "",
    "def call():",
    ...(isCellClass
      ? [`    state = ${state}`, "    for x_t in x:", "        state = module(x_t, state)"]
      : [`    module(x, ${state})`]),
  ];
}

function recordOf(config: RecurrentConfig): string {
  return `def main():
    module, call = make()
    calls = []
    hook = module.register_forward_hook(
        lambda _, args, kwargs, result: calls.append((*args, *kwargs.values(), result)), with_kwargs=True
    )
    with torch.no_grad():
        call()
        hook.remove()
        tensors = ${config.isCellClass ? "of_cell(module, calls)" : "of_module(module, *calls[0])"}
    weights = {name: one.detach() for name, one in module.named_parameters()}
    tensors.update({"weights." + name: one for name, one in weights.items()})
    arrays = {name: None if one is None else one.cpu().numpy() for name, one in tensors.items()}
    biases = [arrays["weights." + name] for name in weights if "bias" in name]
    warn(module.training, arrays["h0"], biases)
    first = next(iter(weights.values()))
    about = {
        "framework": "PyTorch",
        "torch": torch.__version__,
        "dtype": str(first.dtype),
        "device": str(first.device),
        "tf32": torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32,
        "training": module.training,
        "module": str(module),
    }
    save(arrays, ${optionsOf(config)}, about)


${config.isCellClass ? cellCode(config) : moduleCode(config)}`;
}

function optionsOf({ cell, isCellClass }: RecurrentConfig): string {
  const batchFirst = isCellClass ? "False" : "module.batch_first";
  const nonlinearity = cell === "RNN" ? ', "nonlinearity": module.nonlinearity' : "";
  return `{"batchFirst": ${batchFirst}${nonlinearity}}`;
}

function moduleCode({ cell, projSize }: RecurrentConfig): string {
  const isLstm = cell === "LSTM";
  return `def of_module(module, x, *rest):
    """Input, states and results of one call; a PackedSequence is padded, and its lengths are recorded."""
    *state, (output, final) = rest
    state = state[0] if state else None
    lengths = None
    if isinstance(x, PackedSequence):
        x, lengths = pad_packed_sequence(x, batch_first=module.batch_first)
        output, _ = pad_packed_sequence(output, batch_first=module.batch_first)
    h0, c0 = ${isLstm ? "state if state is not None else (None, None)" : "state, None"}
    h_n, c_n = ${isLstm ? "final" : "final, None"}
    steps = x if x.dim() == 3 else x[:, None]
    steps = steps.transpose(0, 1) if module.batch_first and x.dim() == 3 else steps
    rows = steps.shape[1]
    slots = module.num_layers * (2 if module.bidirectional else 1)
    start = [
        steps.new_zeros(slots, rows, size) if one is None else one.reshape(slots, rows, size)
        for one, size in ((h0, ${projSize > 0 ? "module.proj_size" : "module.hidden_size"}), (c0, module.hidden_size))
    ]
    lanes, last = walk(module, steps, lengths, start)
    joined = last.transpose(0, 1) if module.batch_first and x.dim() == 3 else last
    print("the steps are at most", (joined.reshape(output.shape) - output).abs().max().item(), "from the output")
    results = {"x": x, "h0": h0, "c0": c0, "lengths": lengths, "output": output, "h_n": h_n, "c_n": c_n}
    return dict(results, **lanes)


def walk(module, x, lengths, start):
    """Every state and gate of every lane, (T, B, ·), from single steps; and the output of the last layer."""
    lanes = {}
    directions = ("forward", "reverse") if module.bidirectional else ("forward",)
    for layer in range(module.num_layers):
        outputs = []
        for index, direction in enumerate(directions):
            ending = "_l%d%s" % (layer, "_reverse" if index else "")
            named = dict(module.named_parameters())
            w = {role: named.get(role + ending) for role in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")}
            h, c = (one[layer * len(directions) + index] for one in start)
            order = range(len(x)) if direction == "forward" else reversed(range(len(x)))
            kept = {}
            for t in order:
                found = step(x[t], h, c, w${cell === "RNN" ? ", module.nonlinearity" : ""})
                goes_on = x.new_ones(x.shape[1], 1, dtype=torch.bool)
                if lengths is not None:
                    goes_on = (lengths > t).to(x.device)[:, None]
                for name, values in found.items():
                    kept.setdefault(name, {})[t] = torch.where(goes_on, values, torch.zeros_like(values))
                h = torch.where(goes_on, found["h"], h)
                c = torch.where(goes_on, found["c"], c) if "c" in found else c
            for name, by_step in kept.items():
                states = torch.stack([by_step[t] for t in range(len(x))])
                lanes["layer%d.%s.%s" % (layer, direction, name)] = states
            outputs.append(lanes["layer%d.%s.h" % (layer, direction)])
        x = torch.cat(outputs, dim=-1)
    return lanes, x`;
}

function cellCode({ cell }: RecurrentConfig): string {
  const isLstm = cell === "LSTM";
  return `def of_cell(module, calls):
    """Inputs, states and results of all calls, one for each step."""
    w = {name: one.detach() for name, one in module.named_parameters()}
    w = {role: w.get(role) for role in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")}
    state = calls[0][1] if len(calls[0]) > 2 else None
    h0, c0 = ${isLstm ? "state if state is not None else (None, None)" : "state, None"}
    h = calls[0][0].new_zeros(*calls[0][0].shape[:-1], module.hidden_size) if h0 is None else h0
    c = ${isLstm ? "torch.zeros_like(h) if c0 is None else c0" : "None"}
    kept = {}
    for x_t, *_, result in calls:
        found = step(x_t, h, c, w${cell === "RNN" ? ", module.nonlinearity" : ""})
        h, c = ${isLstm ? "result" : "result, None"}
        for name, values in {**found, "h": h${isLstm ? ', "c": c' : ""}}.items():
            kept.setdefault(name, []).append(values)
    lanes = {"layer0.forward." + name: torch.stack(values) for name, values in kept.items()}
    x = torch.stack([x_t for x_t, *_ in calls])
    return dict(lanes, x=x, h0=h0, c0=c0, output=lanes["layer0.forward.h"], h_n=h, c_n=c)`;
}

function stepsOf({ cell }: RecurrentConfig): string {
  return steps[cell];
}

const steps: Readonly<Record<RecurrentConfig["cell"], string>> = {
  RNN: `def step(x, h, c, w, nonlinearity):
    """One step of torch.nn.RNN."""
    a = linear(x, w["weight_ih"], w["bias_ih"]) + linear(h, w["weight_hh"], w["bias_hh"])
    return {"h": a.tanh() if nonlinearity == "tanh" else a.relu()}`,
  LSTM: `def step(x, h, c, w):
    """One step of torch.nn.LSTM."""
    a = linear(x, w["weight_ih"], w["bias_ih"]) + linear(h, w["weight_hh"], w["bias_hh"])
    i, f, g, o = a.chunk(4, dim=-1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = f * c + i * g
    h = o * c.tanh()
    if w["weight_hr"] is not None:
        h = linear(h, w["weight_hr"])
    return {"h": h, "c": c, "i": i, "f": f, "g": g, "o": o}`,
  GRU: `def step(x, h, c, w):
    """One step of torch.nn.GRU."""
    x_r, x_z, x_n = linear(x, w["weight_ih"], w["bias_ih"]).chunk(3, dim=-1)
    h_r, h_z, h_n = linear(h, w["weight_hh"], w["bias_hh"]).chunk(3, dim=-1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return {"h": (1 - z) * n + z * h, "r": r, "z": z, "n": n}`,
};
