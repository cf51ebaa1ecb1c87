"""The recurrent layers of a .keras or .h5 model, computed by Keras as the file has them.

The whole model is loaded, in safe mode and only where it is made of Keras' own layers: the configuration is read before
Keras is given the file, because a layer of another kind may run code that the file brings along. Each recurrent layer
computes its whole sequence; its cell computes the same step by step, and so tells every state.
"""

import importlib.util
import json
import os
import zipfile

from unroll_channel import Refusal

# Layers whose code is Keras' own, and who read nothing but their configuration and their weights.
LAYERS = frozenset(
    """
    Activation Add AdditiveAttention Attention Average AveragePooling1D BatchNormalization Bidirectional CategoryEncoding
    Concatenate Conv1D Cropping1D Dense Dot Dropout ELU Embedding Flatten Functional GRU GRUCell GaussianDropout
    GaussianNoise GlobalAveragePooling1D GlobalMaxPooling1D GroupNormalization InputLayer LSTM LSTMCell
    LayerNormalization LeakyReLU Masking MaxPooling1D Maximum Minimum Model MultiHeadAttention Multiply PReLU Permute
    RNN ReLU RepeatVector Reshape SeparableConv1D Sequential SimpleRNN SimpleRNNCell Softmax SpatialDropout1D
    StackedRNNCells Subtract TimeDistributed UpSampling1D ZeroPadding1D
    """.split()
)

# Objects in the configurations of layers: what they are made of and what made their values.
PARTS = frozenset(
    """
    DTypePolicy FloatDTypePolicy Policy L1 L2 L1L2 OrthogonalRegularizer MaxNorm NonNeg UnitNorm MinMaxNorm Constant Ones
    Zeros Identity IdentityInitializer Orthogonal OrthogonalInitializer GlorotUniform GlorotNormal HeUniform HeNormal
    LecunUniform LecunNormal RandomUniform RandomNormal TruncatedNormal VarianceScaling __tuple__ __keras_tensor__
    """.split()
)


def compute(request, given, progress):
    """The answer to a request for some layers of a model file, and their tensors by name."""
    config = configuration_of(request["path"], request["format"])
    refuse_foreign(config)
    keras = import_keras()
    place = request.get("device", "cpu")
    # With PyTorch "cpu:0" is another device than "cpu", on which variables are not found again.
    with keras.device(place if keras.config.backend() == "torch" else place + ":0"):
        model = load(keras, request["path"])
        layers = [find_layer(model, name) for name in request["layers"]]
        run = Run(keras, layers, request, given, progress)
        # First the model as it is: a run of its layers makes them return more.
        results = run.surrounding(model)
        results.update(run.all())
    answer = {
        "engine": "Keras",
        "version": keras.__version__,
        "backend": keras.config.backend(),
        "device": place,
        "dtype": run.dtype,
        "apart": run.apart,
        "missing": run.missing,
    }
    return answer, results


def configuration_of(path, kind):
    """The model's configuration as JSON has it. Nothing is executed."""
    try:
        if kind == "keras":
            with zipfile.ZipFile(path) as archive:
                return json.loads(archive.read("config.json").decode("utf-8"))
        if importlib.util.find_spec("h5py") is None:
            raise Refusal("no-package", package="h5py")
        import h5py

        with h5py.File(path, "r") as file:
            text = file.attrs.get("model_config")
        if text is None:
            raise Refusal("no-model")
        return json.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Refusal("bad-file", message=str(error).split("\n")[0])


def refuse_foreign(value):
    """Raises for the first object that is not one of Keras' own, whatever it hides in."""
    if isinstance(value, dict):
        name = value.get("class_name")
        module = value.get("module")
        if name is not None and (name not in LAYERS | PARTS or not is_own(module)):
            raise Refusal("foreign", name=str(name))
        if value.get("registered_name") not in (None, name):
            raise Refusal("foreign", name=str(value["registered_name"]))
        for item in value.values():
            refuse_foreign(item)
    elif isinstance(value, list):
        for item in value:
            refuse_foreign(item)


def is_own(module):
    return module is None or module in ("keras", "builtins") or str(module).startswith("keras.")


def import_keras():
    if importlib.util.find_spec("keras") is None:
        raise Refusal("no-package", package="keras")
    settings = os.path.join(os.path.expanduser(os.environ.get("KERAS_HOME", "~/.keras")), "keras.json")
    if "KERAS_BACKEND" not in os.environ:
        chosen = backend_in(settings)
        there = [name for name in (chosen, "torch", "tensorflow", "jax") if name and importlib.util.find_spec(name)]
        if not there:
            raise Refusal("no-package", package="torch, tensorflow or jax")
        os.environ["KERAS_BACKEND"] = there[0]
    if not os.path.exists(settings):
        # Keras writes its settings where there are none; nothing is to be left behind.
        os.environ["KERAS_HOME"] = os.path.join(FOLDER, "keras")
    try:
        import keras
    except Exception as error:  # noqa: BLE001: a package that does not load can throw anything.
        raise Refusal("broken-package", package="keras", message=str(error).split("\n")[0])
    if int(keras.__version__.split(".")[0]) < 3:
        raise Refusal("old-package", package="keras", version=keras.__version__, needed="3.0", lacks="keras.saving")
    return keras


# The folder of this process, as its caller sets it.
FOLDER = ""


def backend_in(settings):
    try:
        with open(settings) as file:
            return json.load(file).get("backend")
    except (OSError, ValueError, AttributeError):
        return None


def load(keras, path):
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001: of the many that Keras throws for a file that it does not load.
        raise Refusal("not-loaded", message=str(error).strip().split("\n")[0])


def find_layer(model, name):
    """A layer or a cell by its name, with those of the models that hold it before it: `encoder.lstm`."""
    found = find_in(model, name)
    if found is None:
        raise Refusal("no-layer", name=name)
    return found


def find_in(holder, name):
    for one in parts_of(holder):
        if one.name == name:
            return one
    for one in parts_of(holder):
        if name.startswith(one.name + "."):
            found = find_in(one, name[len(one.name) + 1 :])
            if found is not None:
                return found
    return None


def parts_of(holder):
    cell = getattr(holder, "cell", None)
    parts = list(getattr(holder, "layers", []) or [])
    return parts + list(getattr(cell, "cells", [cell] if cell is not None else []))


class Result:
    """Values of NumPy as the channel sends them."""

    def __init__(self, values, dtype):
        import numpy

        self.dtype = dtype
        self.shape = numpy.shape(values)
        self.data = numpy.ascontiguousarray(values, dtype=dtype).tobytes()


class Run:
    """Some layers, each of which reads what the one before gives, and one input (T, B, I)."""

    def __init__(self, keras, layers, request, given, progress):
        import numpy

        self.keras = keras
        self.numpy = numpy
        self.layers = layers
        self.progress = progress
        self.dtype = "float64" if str(layers[0].compute_dtype) == "float64" else "float32"
        self.given = {
            name: numpy.frombuffer(one.data, dtype=one.dtype).reshape(one.shape) for name, one in given.items()
        }
        self.lengths = request.get("lengths")
        self.x = self.given["input"].astype(self.dtype)
        self.apart = {}
        self.missing = []
        self._lanes = sum(len(lanes_of(layer)) for layer in layers)
        self._done = 0

    def all(self):
        """Results and states by name; states (T, B, ·), output (T, B, D·H), h_n and c_n (L·D, B, H)."""
        numpy = self.numpy
        results, finals, x = {}, [], self.x
        for index, layer in enumerate(self.layers):
            outputs = []
            for direction, part in lanes_of(layer):
                states, output, final = self._lane(part, x, len(finals), direction)
                for quantity, values in zip("hc", states):
                    results["layer%d.%s.%s" % (index, direction, quantity)] = values
                outputs.append(output)
                finals.append(final)
            x = numpy.concatenate(outputs, axis=-1)
        results["output"] = x
        for place, name in enumerate(("h_n", "c_n")[: len(finals[0])]):
            results[name] = numpy.stack([final[place] for final in finals])
        return {name: Result(values, self.dtype) for name, values in results.items()}

    def _lane(self, part, x, slot, direction):
        """One direction of a layer: its states step by step, its output, and its final state."""
        numpy, ops = self.numpy, self.keras.ops
        cell = getattr(part, "cell", part)
        sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
        state = [self._initial(name, slot, x.shape[1], size) for name, size in zip(("h0", "c0"), sizes)]
        start = list(state)
        kept = [numpy.zeros((x.shape[0], x.shape[1], size), self.dtype) for size in sizes]
        is_back = direction == "reverse"
        for t in reversed(range(x.shape[0])) if is_back else range(x.shape[0]):
            _, new = cell(ops.convert_to_tensor(x[t]), [ops.convert_to_tensor(one) for one in state], training=False)
            new = [ops.convert_to_numpy(one) for one in (new if isinstance(new, (list, tuple)) else [new])]
            goes_on = self._goes_on(t, x.shape[1])
            for values, one in zip(kept, new):
                values[t] = numpy.where(goes_on, one, 0)
            state = [numpy.where(goes_on, one, old) for one, old in zip(new, state)]
            self._done += 1
            self.progress(min(1, self._done / (self._lanes * max(1, x.shape[0]))))
        if part is cell:
            return kept, kept[0], state
        return self._sequence(part, x, start, is_back, (kept, state))

    def _sequence(self, part, x, start, is_back, stepped):
        """The whole sequence as the layer itself computes it, and how far its steps are from that."""
        numpy, ops = self.numpy, self.keras.ops
        kept, state = stepped
        part.return_sequences = part.return_state = True
        part.stateful = False
        mask = None
        if self.lengths is not None:
            mask = ops.convert_to_tensor(numpy.arange(x.shape[0])[None] < numpy.array(self.lengths)[:, None])
        initial = [ops.convert_to_tensor(one) for one in start]
        given = ops.convert_to_tensor(numpy.ascontiguousarray(x.transpose(1, 0, 2)))
        output, *final = part(given, initial_state=initial, mask=mask, training=False)
        output = ops.convert_to_numpy(output).transpose(1, 0, 2)
        output = output[::-1] if is_back else output
        output = numpy.stack([numpy.where(self._goes_on(t, x.shape[1]), one, 0) for t, one in enumerate(output)])
        final = [ops.convert_to_numpy(one) for one in final]
        self._compare("output", output, kept[0])
        for name, one, other in zip(("h_n", "c_n"), final, state):
            self._compare(name, one, other)
        return kept, output, final

    def _compare(self, name, left, right):
        distance = float(self.numpy.max(self.numpy.abs(left - right), initial=0))
        self.apart[name] = max(distance, self.apart.get(name, 0))

    def _initial(self, name, slot, rows, size):
        if name not in self.given:
            return self.numpy.zeros((rows, size), self.dtype)
        return self.given[name].reshape(-1, rows, size)[slot].astype(self.dtype)

    def _goes_on(self, t, rows):
        if self.lengths is None:
            return self.numpy.ones((rows, 1), bool)
        return self.numpy.array(self.lengths)[:, None] > t

    def surrounding(self, model):
        """What the whole model makes of the tokens: the input of its first recurrent layer, and what it returns."""
        if "tokens" not in self.given:
            return {}
        inputs = model.inputs if isinstance(model.inputs, list) else [model.inputs]
        if len(inputs) != 1:
            self.missing.append("whole")
            return {}
        tokens = self.given["tokens"].astype("int64").T
        try:
            inner = self.keras.Model(model.inputs, [self.layers[0].input, model.outputs[0]])
            embedded, output = inner(self.keras.ops.convert_to_tensor(tokens), training=False)
        except (AttributeError, ValueError, RuntimeError):
            self.missing.append("whole")
            return {}
        embedded = self.keras.ops.convert_to_numpy(embedded).transpose(1, 0, 2)
        results = {"embedded": Result(embedded, self.dtype)}
        last = model.layers[-1]
        activation = getattr(getattr(last, "activation", None), "__name__", None)
        if type(last).__name__ == "Dense" and activation == "linear":
            output = self.keras.ops.convert_to_numpy(output)
            output = output.transpose(1, 0, 2) if output.ndim == 3 else output
            results["logits"] = Result(output, self.dtype)
        else:
            self.missing.append("logits")
        return results


def lanes_of(layer):
    """The directions of a layer with the layer that computes each."""
    if type(layer).__name__ == "Bidirectional":
        first, second = layer.forward_layer, layer.backward_layer
        if first.go_backwards or not second.go_backwards:
            raise Refusal("swapped", name=layer.name)
        return [("forward", first), ("reverse", second)]
    return [("reverse" if getattr(layer, "go_backwards", False) else "forward", layer)]
