"""Makes the examples of other frameworks, and a training checkpoint to look into.

    KERAS_BACKEND=torch python3 examples/generate_frameworks.py

Needs torch, onnx, onnxruntime, keras 3, h5py and numpy. The files beside this script were made with torch 2.13.0,
onnx 1.23.1, onnxruntime 1.30.0 and keras 3.15.1 on a CPU.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from generate import HERE, SEED, write_run


def folder_of(name):
    path = HERE / name
    path.mkdir(exist_ok=True)
    return path


def onnx_gru():
    """A GRU as ONNX has it by default: gates z, r, h, and the reset gate in front of the product."""
    name = "onnx-gru"
    path = folder_of(name)
    random = np.random.default_rng(SEED)
    features, units, steps, rows = 4, 6, 12, 3
    scale = 1 / np.sqrt(units)

    def uniform(*shape):
        return random.uniform(-scale, scale, shape).astype(np.float32)

    weights = {
        "W": uniform(2, 3 * units, features),
        "R": uniform(2, 3 * units, units),
        "B": uniform(2, 6 * units),
    }
    gru = helper.make_node(
        "GRU",
        ["x", "W", "R", "B", "", "h0"],
        ["Y", "Y_h"],
        name="/gru/GRU",
        hidden_size=units,
        direction="bidirectional",
        linear_before_reset=0,
    )
    graph = helper.make_graph(
        [gru],
        "gru",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [steps, rows, features]),
            helper.make_tensor_value_info("h0", TensorProto.FLOAT, [2, rows, units]),
        ],
        [
            helper.make_tensor_value_info("Y", TensorProto.FLOAT, [steps, 2, rows, units]),
            helper.make_tensor_value_info("Y_h", TensorProto.FLOAT, [2, rows, units]),
        ],
        [numpy_helper.from_array(values, key) for key, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path / "model.onnx")
    x, h0 = uniform(steps, rows, features) * 4, uniform(2, rows, units)
    session = onnxruntime.InferenceSession(path / "model.onnx")
    y, y_h = session.run(None, {"x": x, "h0": h0})
    # (T, D, B, H) → (T, B, D·H), as torch joins the directions.
    output = y.transpose(0, 2, 1, 3).reshape(steps, rows, 2 * units)
    np.savez(path / "batch.npz", x=x, h0=h0)
    np.savez(path / "expected.npz", output=output, h_n=y_h)
    write_run(
        name,
        {
            "weights": {"file": "model.onnx"},
            "input": "batch.npz#x",
            "h0": "batch.npz#h0",
            "reference": {"output": "expected.npz#output", "h_n": "expected.npz#h_n"},
        },
    )


def keras_lstm():
    """Embedding → Bidirectional(LSTM) → Dense of Keras, as model.save writes it."""
    name = "keras-lstm"
    path = folder_of(name)
    keras.utils.set_random_seed(SEED)
    tokens = keras.Input((9,), dtype="int32")
    embedded = keras.layers.Embedding(20, 5, name="words")(tokens)
    recurrent = keras.layers.Bidirectional(keras.layers.LSTM(7, return_sequences=True), name="reader")(embedded)
    logits = keras.layers.Dense(3, name="tags")(recurrent)
    model = keras.Model(tokens, logits)
    inner = keras.Model(tokens, [embedded, recurrent, logits])
    for layer in model.layers:
        layer.set_weights([np.random.default_rng(SEED + i).uniform(-0.6, 0.6, w.shape) for i, w in enumerate(layer.get_weights())])
    model.save(path / "model.keras")
    words = np.random.default_rng(SEED).integers(0, 20, (4, 9))
    results = [np.asarray(each.detach() if hasattr(each, "detach") else each) for each in inner(words)]
    np.save(path / "tokens.npy", words.astype(np.int64))
    np.savez(path / "expected.npz", **dict(zip(["embedded", "output", "logits"], results, strict=True)))
    write_run(
        name,
        {
            "weights": {"file": "model.keras"},
            "input": "tokens.npy",
            "pipeline": {"head": "every"},
            "reference": {key: f"expected.npz#{key}" for key in ["embedded", "output", "logits"]},
        },
    )


class Tagger(nn.Module):
    """What a training script has: a model of its own, with a recurrent module inside."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(40, 12)
        self.encoder = nn.LSTM(12, 24, 2, bidirectional=True, dropout=0.2, batch_first=True)
        self.head = nn.Linear(48, 6)

    def forward(self, tokens):
        return self.head(self.encoder(self.embedding(tokens))[0])


def checkpoint():
    """A training checkpoint whose run went wrong: one row of a weight has become NaN."""
    path = folder_of("checkpoint")
    torch.manual_seed(SEED)
    model = Tagger()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(20):
        tokens = torch.randint(0, 40, (8, 14))
        loss = nn.functional.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten() % 6)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        model.encoder.weight_hh_l1[41] = float("nan")
    torch.save(
        {
            "epoch": 3,
            "loss": loss.item(),
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "config": {"hidden": 24, "layers": 2, "lr": 2e-3},
        },
        path / "epoch3.pt",
    )


if __name__ == "__main__":
    onnx_gru()
    keras_lstm()
    checkpoint()
