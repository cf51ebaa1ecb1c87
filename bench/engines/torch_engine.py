"""PyTorch: python3 torch_engine.py THREADS (0 for all). Speaks as lib/serve.mjs does, and makes .pt files."""

import os
import resource
import sys
import time

threads = int(sys.argv[1])
if threads > 0:
    # Libraries that PyTorch was built with may have threads of their own, and read this when they are loaded.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = str(threads)

import numpy as np
import torch
from serving import serve
from torch import nn

if threads > 0:
    torch.set_num_threads(threads)
torch.set_grad_enabled(False)


def read_network(case):
    """The module with its weights, and its input (T, B, I)."""
    module = getattr(nn, case["cell"])(
        case["inputSize"], case["hiddenSize"], case["numLayers"], bidirectional=case["bidirectional"]
    )
    values = torch.from_numpy(np.fromfile(case["values"], dtype=np.float32))
    offset = 0
    for parameter in module.parameters():
        parameter.copy_(values[offset : offset + parameter.numel()].reshape(parameter.shape))
        offset += parameter.numel()
    shape = case["seqLength"], case["batchSize"], case["inputSize"]
    count = shape[0] * shape[1] * shape[2]
    return module, values[offset : offset + count].reshape(shape).clone()


def timed(action):
    start = time.perf_counter()
    result = action()
    return (time.perf_counter() - start) * 1e3, result


def peak_mebibytes():
    # Linux counts what the parent had before exec into ru_maxrss, but not into VmHWM.
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def build_name():
    """The version, and the library that multiplies matrices."""
    if torch.backends.mkl.is_available():
        return f"PyTorch {torch.__version__}, MKL"
    torch.ones(64, 64) @ torch.ones(64, 64)
    maps = "/proc/self/maps"
    if os.path.exists(maps):
        with open(maps, encoding="utf-8") as libraries:
            if "openblas" in libraries.read():
                return f"PyTorch {torch.__version__}, OpenBLAS"
    return f"PyTorch {torch.__version__}"


class Engine:
    def hello(self, _request):
        return {"name": build_name()}

    def prepare(self, request):
        self.module, self.sequence = read_network(request["manifest"])
        return {"detail": None}

    def output(self, request):
        elapsed, (output, _) = timed(lambda: self.module(self.sequence))
        output.numpy().tofile(request["path"])
        return {"ms": elapsed}

    def reference(self, request):
        """The same network in float64."""
        module, sequence = self.module.double(), self.sequence.double()
        module(sequence)[0].numpy().tofile(request["path"])
        self.module.float()
        return {}

    def run(self, request):
        return {"ms": [timed(lambda: self.module(self.sequence))[0] for _ in range(request["repeats"])]}

    def memory(self, _request):
        return {"peakMiB": peak_mebibytes()}

    def save(self, request):
        """A state_dict of `count` tensors, as torch.save writes it."""
        tensors = {f"layers.{index}.weight": torch.zeros(16, 16) for index in range(request["count"])}
        torch.save(tensors, request["path"])
        return {}

    def load(self, request):
        """Opens a .pt file as the least work that lists its tensors: their data stay in the file where torch can."""
        # mmap came with PyTorch 2.1.
        options = {"mmap": True} if "mmap" in torch.load.__code__.co_varnames else {}
        load = lambda: torch.load(request["path"], weights_only=True, **options)
        return {"ms": [timed(load)[0] for _ in range(request["repeats"])], "mmap": bool(options)}

    def list(self, request):
        """Names, dtypes and shapes of a .safetensors file."""
        from safetensors import safe_open

        def entries():
            with safe_open(request["path"], "pt") as archive:
                slices = ((name, archive.get_slice(name)) for name in archive.keys())
                return [(name, each.get_dtype(), each.get_shape()) for name, each in slices]

        return {"ms": [timed(entries)[0] for _ in range(request["repeats"])]}


if __name__ == "__main__":
    serve(Engine())
