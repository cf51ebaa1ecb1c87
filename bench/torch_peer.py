"""PyTorch's side of the benchmark: one JSON request a line on stdin, one answer a line on stdout."""

import json
import sys
import time

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def prepare(size, path):
    module = nn.RNN(size["inputSize"], size["hiddenSize"], size["numLayers"], bidirectional=size["bidirectional"])
    values = np.fromfile(path, dtype=np.float32)
    offset = 0
    for parameter in module.parameters():
        count = parameter.numel()
        parameter.copy_(torch.from_numpy(values[offset : offset + count]).reshape(parameter.shape))
        offset += count
    sequence = torch.from_numpy(values[offset:].copy())
    return module, sequence.reshape(size["seqLength"], size["batchSize"], size["inputSize"])


def timed(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


def save(path, count):
    """A state_dict of `count` tensors, as torch.save writes it."""
    torch.save({f"layers.{index}.weight": torch.zeros(16, 16) for index in range(count)}, path)


def main():
    module, sequence = None, None
    print(json.dumps({"torch": torch.__version__}))
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        if request["do"] == "prepare":
            module, sequence = prepare(request["size"], request["path"])
        elif request["do"] == "run":
            answer["ms"] = timed(lambda: module(sequence))
        elif request["do"] == "write":
            module(sequence)[0].numpy().tofile(request["path"])
        elif request["do"] == "save":
            save(request["path"], request["count"])
        elif request["do"] == "load":
            answer["ms"] = timed(lambda: torch.load(request["path"], weights_only=True))
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
