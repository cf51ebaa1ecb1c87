"""NumPy: python3 numpy_engine.py. Statistics of float32 values in a file; speaks as lib/serve.mjs does."""

import os
import time

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np
from serving import serve

PERCENTILES = [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9]


def moments(values):
    """Least, largest, mean, standard deviation; zeros, NaN, infinities."""
    numbers = values.min(), values.max(), values.mean(dtype=np.float64), values.std(dtype=np.float64)
    counts = np.count_nonzero(values == 0), np.isnan(values).sum(), np.isinf(values).sum()
    return *numbers, *counts


def everything(values):
    return [*moments(values), np.histogram(values, 128)[0], np.percentile(values, PERCENTILES)]


class Engine:
    def hello(self, _request):
        return {"name": f"NumPy {np.__version__}"}

    def load(self, request):
        self.values = np.fromfile(request["path"], dtype=np.float32)
        numbers = moments(self.values)
        return {"moments": [float(value) for value in numbers[:4]]}

    def run(self, request):
        action = moments if request["what"] == "moments" else everything
        start = time.perf_counter()
        action(self.values)
        return {"ms": [(time.perf_counter() - start) * 1e3]}


if __name__ == "__main__":
    serve(Engine())
