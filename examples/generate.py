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


def make(folder, rnn, shape, *, h0=None, weights="weights.pt", change=None):
    """Runs `rnn` on random input of `shape` and saves weights, input and PyTorch's results.

    `change` takes (output, h_n) and returns what is saved as the reference.
    """
    path = HERE / folder
    path.mkdir(exist_ok=True)
    x = torch.randn(*shape)
    with torch.no_grad():
        output, h_n = rnn(x, h0)
    if change is not None:
        output, h_n = change(output, h_n)
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


def reverse_left_as_computed(output, h_n):
    """The mistake of a hand-written bidirectional layer: the reverse half is not flipped back to the input's order,
    and its final state is taken from the place where it would lie if it were. Batch first."""
    hidden = output.shape[-1] // 2
    output = output.clone()
    output[:, :, hidden:] = output[:, :, hidden:].flip(1)
    h_n = h_n.clone()
    h_n[-1] = output[:, 0, hidden:]
    return output, h_n


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
        rnn(6, 12, 2, bidirectional=True, batch_first=True),
        (4, 24, 6),
        change=reverse_left_as_computed,
    )
    published_notebook()
    does_not_fit()


if __name__ == "__main__":
    main()
