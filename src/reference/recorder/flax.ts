/**
 * The recorder for the cells of Flax linen: a cell is applied step by step, with the gates out of its own kernels.
 *
 * Source: flax/linen/recurrent.py, OptimizedLSTMCell, LSTMCell, GRUCell and SimpleCell.
 */
import { pythonString } from "../../core/escapeJson";
import { isPytorchVariant, type RecurrentConfig } from "../../model/config";
import {
  refuseVariant,
  type RecordedModule,
  type RecorderScript,
  type ScriptPart,
} from "./frameworks";
import { sharedCode } from "./shared";

const cellNames = { RNN: "SimpleCell", LSTM: "OptimizedLSTMCell", GRU: "GRUCell" } as const;

/** @throws UnsupportedError for more than one layer or direction, and for cells that Flax does not have. */
export function flaxScript(
  { config }: RecordedModule,
  writes: RecorderScript["writes"],
): readonly ScriptPart[] {
  const isOne = config.numLayers === 1 && !config.bidirectional && config.reverseOnly !== true;
  if (!isPytorchVariant(config) || config.projSize > 0 || !isOne) refuseVariant("flax");
  return [
    { title: "What is recorded", code: headOf(config, writes) },
    { title: "Your cell", code: makeOf(config) },
    { title: "Recording", code: `${recordOf(config)}\n\n\n${gatesOf[config.cell]}` },
    { title: "Files", code: sharedCode },
    { title: "Run", code: 'if __name__ == "__main__":\n    main()' },
  ];
}

function headOf({ cell }: RecurrentConfig, writes: RecorderScript["writes"]): string {
  return `"""Records what flax.linen.${cellNames[cell]} computes, state by state, for Unroll.

Put your cell, its parameters and its input into make() and run this file: it needs jax, flax, numpy and safetensors.
"""

import json
import platform
from pathlib import Path

import flax
import jax
import numpy as np
from flax import linen as nn
from jax import numpy as jnp
from safetensors.numpy import save_file

SEED = 0
FOLDER = Path(__file__).resolve().parent
OUT = ${pythonString(writes.tensors)}
RUN = ${pythonString(writes.runFile)}`;
}

function makeOf({ cell, inputSize, hiddenSize }: RecurrentConfig): string {
  const zeros = "cell.initialize_carry(key, x[:, 0].shape)";
  const start =
    cell === "LSTM"
      ? "carry = tuple(jax.random.normal(key, one.shape) for one in carry)  # c, h"
      : "carry = jax.random.normal(key, carry.shape)";
  return `def make():
    """Your cell, its parameters, its input (B, T, I) and its first carry. Change what is between the lines."""
    key = jax.random.PRNGKey(SEED)
    # ----------------------------------------------------------------------------------------------
    cell = nn.${cellNames[cell]}(features=${hiddenSize})
    x = jax.random.normal(key, (3, 8, ${inputSize}))
    carry = ${zeros}
    ${start}
    params = cell.init(key, carry, x[:, 0])["params"]  # Put your own here: these are random.
    # ----------------------------------------------------------------------------------------------
    return cell, params, x, carry`;
}

function recordOf({ cell }: RecurrentConfig): string {
  const isLstm = cell === "LSTM";
  return `def main():
    cell, params, x, carry = make()
    kept = {}
    first = carry
    for t in range(x.shape[1]):
        h = ${isLstm ? "carry[1]" : "carry"}
        gates = gates_of(params, x[:, t], h)
        carry, _ = cell.apply({"params": params}, carry, x[:, t])
        found = {"h": ${isLstm ? 'carry[1], "c": carry[0]' : "carry"}, **gates}
        for name, values in found.items():
            kept.setdefault("layer0.forward." + name, []).append(np.asarray(values))
    tensors = {name: np.stack(values) for name, values in kept.items()}
    tensors["x"] = np.asarray(x)
    tensors["output"] = tensors["layer0.forward.h"].transpose(1, 0, 2)
    ${
      isLstm
        ? `for place, (start, end) in enumerate((("c0", "c_n"), ("h0", "h_n"))):
        tensors[start], tensors[end] = np.asarray(first[place])[None], np.asarray(carry[place])[None]`
        : 'tensors["h0"], tensors["h_n"] = np.asarray(first)[None], np.asarray(carry)[None]'
    }
    weights = {
        "%s.%s" % (name, role): np.asarray(values) for name, dense in params.items() for role, values in dense.items()
    }
    tensors.update({"weights." + name: values for name, values in weights.items()})
    warn(False, tensors["h0"], [values for name, values in weights.items() if name.endswith("bias")])
    about = {
        "framework": "Flax",
        "flax": flax.__version__,
        "jax": jax.__version__,
        "dtype": str(tensors["x"].dtype),
        "device": str(jax.devices()[0]),
        "training": False,
    }
    save(tensors, {"batchFirst": True}, about)


def dense(params, name, values):
    """What the dense layer of one gate gives; some have no bias."""
    layer = params[name]
    return jnp.dot(values, layer["kernel"]) + layer.get("bias", 0)`;
}

const gatesOf: Readonly<Record<RecurrentConfig["cell"], string>> = {
  RNN: `def gates_of(params, x, h):
    """A SimpleCell has no gates."""
    return {}`,
  LSTM: `def gates_of(params, x, h):
    """The gates of one step, which the cell does not return."""
    sums = {gate: dense(params, "i" + gate, x) + dense(params, "h" + gate, h) for gate in "ifgo"}
    return {gate: nn.tanh(a) if gate == "g" else nn.sigmoid(a) for gate, a in sums.items()}`,
  GRU: `def gates_of(params, x, h):
    """The gates of one step, which the cell does not return."""
    r, z = (nn.sigmoid(dense(params, "i" + gate, x) + dense(params, "h" + gate, h)) for gate in "rz")
    n = nn.tanh(dense(params, "in", x) + r * dense(params, "hn", h))
    return {"r": r, "z": z, "n": n}`,
};
