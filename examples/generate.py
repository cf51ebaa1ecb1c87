"""Makes the example runs: PyTorch's own numbers, from a fixed seed.

    python3 examples/generate.py

Needs torch, numpy and safetensors. The files beside this script were made with torch 2.13.0 and numpy 2.4.6 on a
CPU, one thread. `published-notebook` is written from its printed numbers and has nothing random.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

SEED = 20261121
HERE = Path(__file__).parent


def write_run(folder, run):
    """Writes FOLDER/FOLDER.unroll.json."""
    text = json.dumps(run, indent=2, ensure_ascii=False)
    (HERE / folder / f"{folder}.unroll.json").write_text(text + "\n")


def make(folder, rnn, shape, *, h0=None, weights="weights.pt"):
    """Runs `rnn` on random input of `shape` and saves weights, input and what it returned."""
    path = HERE / folder
    path.mkdir(exist_ok=True)
    x = torch.randn(*shape)
    with torch.no_grad():
        output, h_n = rnn(x, h0)
    if weights.endswith(".pt"):
        torch.save(rnn.state_dict(), path / weights)
    else:
        save_file(rnn.state_dict(), path / weights)
    np.save(path / "input.npy", x.numpy())
    np.savez(path / "expected.npz", output=output.numpy(), h_n=h_n.numpy())
    run = {"weights": {"file": weights}, "input": "input.npy"}
    if h0 is not None:
        np.save(path / "h0.npy", h0.numpy())
        run["h0"] = "h0.npy"
    if rnn.batch_first:
        run["options"] = {"batchFirst": True}
    run["reference"] = {"output": "expected.npz#output", "h_n": "expected.npz#h_n"}
    write_run(folder, run)


class ReverseLeftAsComputed:
    """A hand-written bidirectional RNN with a mistake that is often made: in each layer the reverse half is not flipped
    back to the order of the input. Batch first."""

    batch_first = True

    def __init__(self, rnn):
        self.rnn = rnn

    def state_dict(self):
        return self.rnn.state_dict()

    def __call__(self, x, h0):
        final = []
        for layer in range(self.rnn.num_layers):
            halves = []
            for suffix in (f"_l{layer}", f"_l{layer}_reverse"):
                with torch.random.fork_rng():
                    one = torch.nn.RNN(x.shape[-1], self.rnn.hidden_size, batch_first=True)
                names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                one.load_state_dict({f"{name}_l0": getattr(self.rnn, name + suffix) for name in names})
                half, h_n = one(x.flip(1) if suffix.endswith("reverse") else x)
                halves.append(half)
                final.append(h_n)
            x = torch.cat(halves, dim=-1)
        return x, torch.cat(final)


def with_small_weights(rnn):
    """Every parameter a fifth of what it was: each step shrinks what it is told of the step before."""
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.mul_(0.2)
    return rnn


def published_notebook():
    """Four printed decimals of a published tutorial; the input was not printed and is solved for (see its README)."""
    folder = "published-notebook"
    weights = {
        "weight_ih_l0": [[0.5479, 0.4916], [-0.2934, -0.2234], [-0.2745, -0.0150]],
        "weight_hh_l0": [
            [0.1761, -0.3001, 0.5395],
            [-0.2634, -0.2903, 0.3202],
            [-0.4855, 0.2617, -0.0028],
        ],
        "bias_ih_l0": [0.4256, 0.4981, -0.3173],
        "bias_hh_l0": [0.1950, 0.4163, -0.2147],
    }
    x = [
        [[0.2636, 1.3863], [-0.4862, 0.1544], [-1.4448, 0.0035]],
        [[-0.6572, -0.1130], [0.8585, -1.4117], [1.1400, -0.1873]],
    ]
    output = [
        [[0.8950, 0.4833, -0.5547], [0.1424, 0.4373, -0.6090], [-0.5399, 0.7522, -0.0882]],
        [[0.2022, 0.8119, -0.3363], [0.0075, 0.5236, -0.5589], [0.6017, 0.2810, -0.6089]],
    ]
    h_n = [[sequence[-1] for sequence in output]]
    path = HERE / folder
    path.mkdir(exist_ok=True)
    for name, content in [
        ("weights.json", weights),
        ("input.json", x),
        ("expected.json", {"output": output, "h_n": h_n}),
    ]:
        (path / name).write_text(json.dumps(content) + "\n")
    write_run(
        folder,
        {
            "weights": {"file": "weights.json"},
            "input": "input.json",
            "options": {"batchFirst": True},
            "reference": {"output": "expected.json#output", "h_n": "expected.json#h_n"},
            "tolerance": {"rtol": 0, "atol": 0.0002},
        },
    )


def does_not_fit():
    """Weights of a module for 6 features, an input with 7."""
    folder = "does-not-fit"
    rnn = torch.nn.RNN(6, 4, batch_first=True)
    path = HERE / folder
    path.mkdir(exist_ok=True)
    torch.save(rnn.state_dict(), path / "weights.pt")
    np.save(path / "input.npy", torch.randn(2, 5, 7).numpy())
    write_run(
        folder,
        {
            "weights": {"file": "weights.pt"},
            "input": "input.npy",
            "options": {"batchFirst": True},
        },
    )


class TextClassifier(torch.nn.Module):
    """Tokens → Embedding → LSTM in two directions → Linear over both final states."""

    def __init__(self, vocabulary_size, classes):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary_size, 6, padding_idx=0)
        self.lstm = torch.nn.LSTM(6, 8, bidirectional=True, batch_first=True)
        self.fc = torch.nn.Linear(16, classes)

    def forward(self, tokens, lengths):
        embedded = self.embedding(tokens)
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            embedded, lengths, batch_first=True, enforce_sorted=False
        )
        packed_output, (h_n, c_n) = self.lstm(packed)
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(
            packed_output, batch_first=True, total_length=tokens.shape[1]
        )
        logits = self.fc(torch.cat([h_n[-2], h_n[-1]], dim=1))
        return {"embedded": embedded, "output": output, "h_n": h_n, "c_n": c_n, "logits": logits}


REVIEWS = [
    ("the soup was hot and very good", 1),
    ("a warm room and a kind cook", 1),
    ("we will come back soon", 1),
    ("the bread was good but the fish was cold", 0),
    ("cold soup and a loud room", 0),
    ("never again", 0),
]


def text_classifier():
    """Whether a guest was pleased: trained on six sentences until it has learned them, then run in eval mode."""
    folder = "text-classifier"
    path = HERE / folder
    path.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    words = sorted({word for sentence, _ in REVIEWS for word in sentence.split()})
    vocabulary = {word: token for token, word in enumerate(["<pad>", *words])}
    lengths = [len(sentence.split()) for sentence, _ in REVIEWS]
    tokens = torch.zeros(len(REVIEWS), max(lengths), dtype=torch.int64)
    for row, (sentence, _) in enumerate(REVIEWS):
        for step, word in enumerate(sentence.split()):
            tokens[row, step] = vocabulary[word]
    targets = torch.tensor([target for _, target in REVIEWS])
    model = TextClassifier(len(vocabulary), 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        logits = model(tokens, lengths)["logits"]
        torch.nn.functional.cross_entropy(logits, targets).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        results = model(tokens, lengths)
    torch.save(model.state_dict(), path / "weights.pt")
    np.save(path / "tokens.npy", tokens.numpy())
    np.savez(path / "expected.npz", **{name: value.numpy() for name, value in results.items()})
    (path / "vocabulary.json").write_text(json.dumps(vocabulary, indent=2) + "\n")
    (path / "classes.txt").write_text("displeased\npleased\n")
    write_run(
        folder,
        {
            "weights": {"file": "weights.pt"},
            "input": "tokens.npy",
            "lengths": lengths,
            "pipeline": {"head": "h_n", "vocabulary": "vocabulary.json", "classes": "classes.txt"},
            "options": {"batchFirst": True},
            "reference": {name: f"expected.npz#{name}" for name in results},
        },
    )


def lstm():
    """Two layers in two directions, begun from a given h and c."""
    folder = "lstm-two-directions"
    path = HERE / folder
    path.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    module = torch.nn.LSTM(6, 8, 2, bidirectional=True, batch_first=True)
    x, h0, c0 = torch.randn(3, 10, 6), torch.randn(4, 3, 8), torch.randn(4, 3, 8)
    with torch.no_grad():
        output, (h_n, c_n) = module(x, (h0, c0))
    torch.save(module.state_dict(), path / "weights.pt")
    np.savez(path / "batch.npz", x=x.numpy(), h0=h0.numpy(), c0=c0.numpy())
    results = {"output": output, "h_n": h_n, "c_n": c_n}
    np.savez(path / "expected.npz", **{name: value.numpy() for name, value in results.items()})
    write_run(
        folder,
        {
            "weights": {"file": "weights.pt"},
            "input": "batch.npz#x",
            "h0": "batch.npz#h0",
            "c0": "batch.npz#c0",
            "options": {"batchFirst": True},
            "reference": {name: f"expected.npz#{name}" for name in results},
        },
    )


def gru():
    """Packed sequences of four lengths, not sorted."""
    folder = "gru-packed"
    path = HERE / folder
    path.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    module = torch.nn.GRU(5, 8, bidirectional=True, batch_first=True)
    lengths = torch.tensor([6, 9, 2, 4])
    x = torch.randn(4, 9, 5)
    for row, length in enumerate(lengths):
        x[row, length:] = 0
    with torch.no_grad():
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        packed_output, h_n = module(packed)
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(packed_output, batch_first=True)
    save_file(module.state_dict(), path / "weights.safetensors")
    np.savez(path / "batch.npz", x=x.numpy(), lengths=lengths.numpy())
    np.savez(path / "expected.npz", output=output.numpy(), h_n=h_n.numpy())
    write_run(
        folder,
        {
            "weights": {"file": "weights.safetensors"},
            "input": "batch.npz#x",
            "lengths": "batch.npz#lengths",
            "options": {"batchFirst": True},
            "reference": {"output": "expected.npz#output", "h_n": "expected.npz#h_n"},
        },
    )


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    rnn = torch.nn.RNN
    make("one-direction-one-layer", rnn(2, 3, batch_first=True), (2, 3, 2))
    make("one-direction-two-layers", rnn(2, 3, 2, batch_first=True), (2, 3, 2))
    make("two-directions-one-layer", rnn(2, 3, bidirectional=True, batch_first=True), (2, 3, 2))
    make("three-layers", rnn(10, 20, 3), (5, 7, 10), h0=torch.randn(3, 7, 20))
    make(
        "three-layers-two-directions",
        rnn(10, 20, 3, bidirectional=True),
        (5, 7, 10),
        h0=torch.randn(6, 7, 20),
        weights="weights.safetensors",
    )
    make(
        "three-layers-batch-first",
        rnn(10, 20, 3, batch_first=True),
        (7, 5, 10),
        h0=torch.randn(3, 7, 20),
    )
    make(
        "differs",
        ReverseLeftAsComputed(rnn(6, 12, 2, bidirectional=True, batch_first=True)),
        (4, 24, 6),
    )
    published_notebook()
    does_not_fit()
    text_classifier()
    lstm()
    gru()
    make("vanishing", with_small_weights(rnn(3, 4, batch_first=True)), (1, 30, 3))
    gate_order()


def gate_order():
    """An LSTM whose reference was computed by code that takes the gates in ONNX' order, i o f g."""
    folder = "gate-order"
    path = HERE / folder
    path.mkdir(exist_ok=True)
    torch.manual_seed(SEED + 1)
    lstm = torch.nn.LSTM(5, 8, num_layers=2, bidirectional=True, batch_first=True)
    torch.save({f"lstm.{name}": value for name, value in lstm.state_dict().items()}, path / "encoder.pt")
    x = torch.randn(4, 12, 5)
    with torch.no_grad():
        for parameter in lstm.parameters():
            i, o, f, g = parameter.chunk(4)
            parameter.copy_(torch.cat([i, f, g, o]))
        output, (h_n, c_n) = lstm(x)
    np.savez(path / "batch.npz", x=x.numpy())
    np.savez(path / "expected.npz", output=output.numpy(), h_n=h_n.numpy(), c_n=c_n.numpy())
    write_run(
        folder,
        {
            "weights": {"file": "encoder.pt"},
            "input": "batch.npz#x",
            "options": {"batchFirst": True},
            "reference": {name: f"expected.npz#{name}" for name in ("output", "h_n", "c_n")},
        },
    )


if __name__ == "__main__":
    main()
