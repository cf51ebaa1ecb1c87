"""One forward of a recurrent module by PyTorch, with every state and gate on the way.

The module of torch.nn gives output, h_n and c_n. States and gates inside it come from the same operations of ATen, one
step after another (aten/src/ATen/native/RNN.cpp): the answer says how far both are apart. A cell that torch.nn does not
have is computed from single operations alone, and the answer says so.
"""

import unroll_channel
from unroll_channel import Refusal

# torch.frombuffer, and nn.LSTM's projection before it.
OLDEST = (1, 10)


class Result:
    """A tensor of PyTorch as the channel sends it."""

    def __init__(self, tensor):
        import torch

        kept = tensor.detach().to("cpu")
        self._tensor = kept.to(kept.dtype if kept.dtype == torch.float64 else torch.float32).contiguous()
        self.dtype = "float64" if kept.dtype == torch.float64 else "float32"
        self.shape = tuple(self._tensor.shape)

    @property
    def data(self):
        length = self._tensor.numel() * self._tensor.element_size()
        return unroll_channel.bytes_at(self._tensor.data_ptr(), length) if length else b""


def compute(request, given, progress):
    """The answer to a request, and its tensors by name: states are time-major, output as the module has it."""
    torch = import_torch()
    device = device_of(torch, request.get("device", "cpu"), request["dtype"])
    allow_tf32(torch, bool(request.get("tf32")))
    dtype = getattr(torch, request["dtype"])
    tensors = {name: tensor_of(torch, one, dtype, device) for name, one in given.items()}
    run = Run(torch, request, tensors, progress)
    losses = request.get("losses") or []
    with torch.set_grad_enabled(bool(losses)):
        lanes, stepped = run.steps()
    results = dict(lanes)
    for loss in losses:
        results.update(run.gradients(loss, stepped["output"]))
    with torch.no_grad():
        fused = run.module() if not run.why else None
    wait_for(torch, device)
    final = stepped if fused is None else fused
    results.update(final)
    answer = {
        "engine": "PyTorch",
        "version": torch.__version__,
        "device": name_of(torch, device),
        "dtype": request["dtype"],
        "tf32": bool(request.get("tf32")) and device.type == "cuda",
        "fused": fused is not None,
        "why": run.why,
        "apart": {} if fused is None else apart(fused, stepped),
    }
    return answer, {name: Result(tensor) for name, tensor in results.items()}


def import_torch():
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise Refusal("broken-package", package="torch", message=str(error))
        raise Refusal("no-package", package="torch")
    except Exception as error:  # noqa: BLE001: a package that does not load can throw anything.
        raise Refusal("broken-package", package="torch", message=str(error).split("\n")[0])
    version = str(getattr(torch, "__version__", "?"))
    if not hasattr(torch, "frombuffer"):
        oldest = ".".join(str(part) for part in OLDEST)
        raise Refusal("old-package", package="torch", version=version, needed=oldest, lacks="torch.frombuffer")
    return torch


def device_of(torch, name, dtype):
    """The device of a name: "cpu", or "gpu" for the first of those that PyTorch can use here."""
    if name == "cpu":
        return torch.device("cpu")
    there = {
        "cuda": torch.cuda.is_available,
        "mps": lambda: getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available(),
    }
    found = [kind for kind, is_there in there.items() if is_there()]
    if not found:
        raise Refusal("no-device", device="CUDA, MPS", version=str(torch.__version__))
    if found[0] == "mps" and dtype == "float64":
        raise Refusal("no-float64", device="MPS", version=str(torch.__version__))
    return torch.device(found[0])


def name_of(torch, device):
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def allow_tf32(torch, allowed):
    """TF32 is used by products of matrices and by cuDNN, each of which has a switch."""
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def wait_for(torch, device):
    """Ends what is under way on a GPU, so that its errors are those of this request."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def tensor_of(torch, given, dtype, device):
    """Values of a request, (shape), in the dtype of the run."""
    stored = getattr(torch, given.dtype)
    if len(given.data) == 0:
        return torch.empty(given.shape, dtype=dtype, device=device)
    return torch.frombuffer(given.data, dtype=stored).reshape(given.shape).to(device, dtype)


def apart(left, right):
    """Largest |difference| of each result that both have; values that are equal, or both NaN, are not apart."""
    distances = {}
    for name in ("output", "h_n", "c_n"):
        if name in left and left[name].numel() > 0:
            a, b = left[name].double(), right[name].double()
            same = (a == b) | (a.isnan() & b.isnan())
            distances[name] = (a - b).abs().masked_fill(same, 0).max().item()
    return distances


class Run:
    """A module with its weights and one input, (T, B, I)."""

    def __init__(self, torch, request, tensors, progress):
        self.torch = torch
        self.config = request["config"]
        self.tensors = tensors
        self.progress = progress
        self.keeps_gates = bool(request.get("gates"))
        self.directions = directions_of(self.config)
        self.x = tensors["input"]
        self.rows = self.x.shape[1]
        lengths = request.get("lengths")
        self.lengths = None if lengths is None else torch.tensor(lengths, dtype=torch.int64)
        self.why = reasons(self.config, lengths)
        # h of every step as it was computed, by layer and direction, where gradients are asked for.
        self._hidden = {}
        self._done = 0

    def module(self):
        """What torch.nn's own module returns: output (T, B, D·P), h_n (L·D, B, P), c_n (L·D, B, H)."""
        torch, config = self.torch, self.config
        if config["isCellClass"]:
            return self._cell_class()
        turns = config["batchFirst"]
        module = self._new_module(batch_first=turns)
        x = self.x.transpose(0, 1).contiguous() if turns else self.x
        if self.lengths is not None:
            pack = torch.nn.utils.rnn.pack_padded_sequence
            x = pack(x, self.lengths, batch_first=turns, enforce_sorted=False)
        h0, c0 = self._initial()
        output, states = module(x, (h0, c0) if config["cell"] == "LSTM" else h0)
        if self.lengths is not None:
            unpack = torch.nn.utils.rnn.pad_packed_sequence
            output, _ = unpack(output, batch_first=turns, total_length=self.x.shape[0])
        output = output.transpose(0, 1) if turns else output
        return named(output, *(states if config["cell"] == "LSTM" else (states, None)))

    def _cell_class(self):
        """nn.RNNCell, LSTMCell or GRUCell called step by step; a row that has ended keeps its state."""
        torch, is_lstm = self.torch, self.config["cell"] == "LSTM"
        module = self._new_module()
        h0, c0 = self._initial()
        h, c = h0[0], c0[0] if is_lstm else None
        outputs = []
        for t in range(self.x.shape[0]):
            new_h, new_c = module(self.x[t], (h, c)) if is_lstm else (module(self.x[t], h), None)
            goes_on = self._goes_on(t)
            outputs.append(where(torch, goes_on, new_h, torch.zeros_like(new_h)))
            h = where(torch, goes_on, new_h, h)
            c = where(torch, goes_on, new_c, c) if is_lstm else None
        return named(torch.stack(outputs), h[None], c[None] if is_lstm else None)

    def _new_module(self, **options):
        config = self.config
        arguments = {"bias": config["bias"]}
        if config["cell"] == "RNN":
            arguments["nonlinearity"] = config["nonlinearity"]
        if not config["isCellClass"]:
            arguments.update(options, num_layers=config["numLayers"], bidirectional=config["bidirectional"])
            if config["projSize"] > 0:
                arguments["proj_size"] = config["projSize"]
        name = config["cell"] + ("Cell" if config["isCellClass"] else "")
        module = getattr(self.torch.nn, name)(config["inputSize"], config["hiddenSize"], **arguments)
        module = module.to(self.x.device, self.x.dtype)
        module.load_state_dict(self._weights())
        return module.eval()

    def _weights(self):
        return {name[len("weights.") :]: one for name, one in self.tensors.items() if name.startswith("weights.")}

    def _initial(self):
        """h0 (L·D, B, P) and c0 (L·D, B, H); zeros where they are not given."""
        config = self.config
        slots = config["numLayers"] * len(self.directions)
        sizes = {"h0": config["projSize"] or config["hiddenSize"], "c0": config["hiddenSize"]}
        return [
            self.tensors[name].reshape(slots, self.rows, size)
            if name in self.tensors
            else self.x.new_zeros(slots, self.rows, size)
            for name, size in sizes.items()
        ]

    def steps(self):
        """Every state and gate by name, each (T, B, ·), and the results that they add up to."""
        torch = self.torch
        h0, c0 = self._initial()
        lanes, finals, x = {}, [], self.x
        for layer in range(self.config["numLayers"]):
            outputs = []
            for index, direction in enumerate(self.directions):
                slot = layer * len(self.directions) + index
                kept, final = self._lane(x, layer, direction, (h0[slot], c0[slot]))
                name = "layer%d.%s" % (layer, direction)
                lanes.update({name + "." + quantity: states for quantity, states in kept.items()})
                outputs.append(kept["h"])
                finals.append(final)
            x = torch.cat(outputs, dim=-1)
        h_n = torch.stack([h for h, _ in finals])
        c_n = torch.stack([c for _, c in finals]) if self.config["cell"] == "LSTM" else None
        return lanes, named(x, h_n, c_n)

    def _lane(self, x, layer, direction, state):
        """One direction of one layer from its input, (T, B, ·): its states and gates, and its final state."""
        torch = self.torch
        cell = cell_of(torch, self.config, self._lane_weights(layer, direction))
        total = self.config["numLayers"] * len(self.directions) * max(1, x.shape[0])
        inputs = cell.inputs(x)
        steps = range(x.shape[0])
        kept = {}
        for t in reversed(steps) if direction == "reverse" else steps:
            new_state, gates = cell.step(inputs[t], state)
            if torch.is_grad_enabled():
                self._remember((layer, direction), t, new_state[0])
            goes_on = self._goes_on(t)
            quantities = {"h": new_state[0]}
            if self.config["cell"] == "LSTM":
                quantities["c"] = new_state[1]
            quantities.update(gates if self.keeps_gates else {})
            for quantity, values in quantities.items():
                shown = where(torch, goes_on, values, torch.zeros_like(values))
                kept.setdefault(quantity, {})[t] = shown
            state = tuple(
                None if old is None or new is None else where(torch, goes_on, new, old)
                for new, old in zip(new_state, state)
            )
            self._done += 1
            self.progress(self._done / total)
        stacked = {
            quantity: torch.stack([by_step[t] for t in steps]) if by_step else None for quantity, by_step in kept.items()
        }
        if not stacked:
            stacked = {"h": x.new_zeros(0, self.rows, state[0].shape[-1])}
        return stacked, state

    def _remember(self, lane, t, h):
        """Keeps h of a step before anything reads it; the first one depends on nothing that has a gradient."""
        if not h.requires_grad:
            h.requires_grad_()
        self._hidden.setdefault(lane, {})[t] = h

    def _lane_weights(self, layer, direction):
        config = self.config
        is_second = config["bidirectional"] and direction == "reverse"
        ending = "" if config["isCellClass"] else "_l%d%s" % (layer, "_reverse" if is_second else "")
        roles = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "peephole")
        return {role: self.tensors.get("weights." + role + ending) for role in roles}

    def _goes_on(self, t):
        """Which rows have a step t, (B, 1); None for all of them."""
        if self.lengths is None:
            return None
        return (self.lengths > t).to(self.x.device)[:, None]

    def gradients(self, loss, output):
        """‖∂L/∂h_t‖₂ of every lane, (T, B), of the sum of the output: of all steps ("sum"), or of each row's last."""
        torch = self.torch
        if loss == "last":
            ends = torch.full((self.rows,), output.shape[0]) if self.lengths is None else self.lengths
            rows = [output[end - 1, row] for row, end in enumerate(ends.tolist()) if end > 0]
            value = torch.stack(rows).sum() if rows else output.sum() * 0
        else:
            value = output.sum()
        flat = [one for by_step in self._hidden.values() for one in by_step.values()]
        found = torch.autograd.grad(value, flat, retain_graph=True, allow_unused=True) if flat else ()
        gradients = {id(one): gradient for one, gradient in zip(flat, found)}
        norms = {}
        for (layer, direction), by_step in self._hidden.items():
            rows = [gradients[id(by_step[t])] for t in sorted(by_step)]
            steps = [self.x.new_zeros(self.rows) if row is None else norm_of(torch, row) for row in rows]
            norms["gradient.%s.layer%d.%s" % (loss, layer, direction)] = torch.stack(steps)
        return norms


def norm_of(torch, rows):
    """‖·‖₂ of each row; MPS has no float64."""
    wide = rows if rows.device.type == "mps" else rows.double()
    return wide.norm(dim=-1).to(rows.dtype)


def where(torch, condition, yes, no):
    return yes if condition is None else torch.where(condition, yes, no)


def named(output, h_n, c_n):
    results = {"output": output, "h_n": h_n}
    return results if c_n is None else dict(results, c_n=c_n)


def directions_of(config):
    if config["bidirectional"]:
        return ("forward", "reverse")
    return ("reverse",) if config.get("reverseOnly") else ("forward",)


def reasons(config, lengths):
    """Why torch.nn has no such module, or refuses its input; by the names of the options."""
    variant = config["variant"]
    is_lstm, is_gru = config["cell"] == "LSTM", config["cell"] == "GRU"
    found = {
        "reverse": bool(config.get("reverseOnly")),
        "clip": variant["clip"] is not None,
        "gateActivation": config["cell"] != "RNN" and variant["gateActivation"]["kind"] != "sigmoid",
        "resetAfter": is_gru and not variant["resetAfter"],
        "coupledInputForget": is_lstm and variant["coupledInputForget"],
        "peephole": is_lstm and variant["peephole"],
        "emptySequence": lengths is not None and 0 in lengths and not config["isCellClass"],
    }
    return [name for name, is_so in found.items() if is_so]


def cell_of(torch, config, weights):
    return {"RNN": SimpleCell, "LSTM": LstmCell, "GRU": GruCell}[config["cell"]](torch, config, weights)


class Cell:
    """One direction of one layer; `step` takes W_ih·x_t + b_ih, (B, G·H), and the state, and returns both with gates."""

    def __init__(self, torch, config, weights):
        self.torch = torch
        self.config = config
        self.weights = weights
        variant = config["variant"]
        self.clip = variant["clip"]
        self.gate = variant["gateActivation"]

    def inputs(self, x):
        """The part of every step that does not wait for a state, as ATen has it on a CPU: (T, B, G·H)."""
        return self.torch.nn.functional.linear(x, self.weights["weight_ih"], self.weights["bias_ih"])

    def recurrent(self, h):
        return self.torch.nn.functional.linear(h, self.weights["weight_hh"], self.weights["bias_hh"])

    def limit(self, values):
        return values if self.clip is None else values.clamp(-self.clip, self.clip)

    def squash(self, values):
        if self.gate["kind"] == "sigmoid":
            return values.sigmoid()
        return (values * self.gate["alpha"] + self.gate["beta"]).clamp(0, 1)


class SimpleCell(Cell):
    def step(self, given, state):
        values = self.limit(self.recurrent(state[0]) + given)
        h = values.tanh() if self.config["nonlinearity"] == "tanh" else values.relu()
        return (h, None), {}


class LstmCell(Cell):
    def step(self, given, state):
        h, c = state
        i, f, g, o = (self.recurrent(h) + given).chunk(4, dim=1)
        peephole = self.weights["peephole"]
        if peephole is not None:
            look_i, look_f, look_o = peephole.chunk(3)
            i, f = i + look_i * c, f + look_f * c
        i, g = self.squash(self.limit(i)), self.limit(g).tanh()
        f = 1 - i if self.config["variant"]["coupledInputForget"] else self.squash(self.limit(f))
        c = f * c + i * g
        o = self.squash(self.limit(o if peephole is None else o + look_o * c))
        h = o * c.tanh()
        if self.weights["weight_hr"] is not None:
            h = self.torch.nn.functional.linear(h, self.weights["weight_hr"])
        return (h, c), {"i": i, "f": f, "g": g, "o": o}


class GruCell(Cell):
    def step(self, given, state):
        h = state[0]
        given_r, given_z, given_n = given.chunk(3, dim=1)
        if self.config["variant"]["resetAfter"]:
            state_r, state_z, state_n = self.recurrent(h).chunk(3, dim=1)
            r, z = self.squash(self.limit(state_r + given_r)), self.squash(self.limit(state_z + given_z))
            n = self.limit(given_n + state_n * r).tanh()
        else:
            r, z, n = self._reset_before(h, given_r, given_z, given_n)
        return ((h - n) * z + n, None), {"r": r, "z": z, "n": n}

    def _reset_before(self, h, given_r, given_z, given_n):
        linear = self.torch.nn.functional.linear
        w_r, w_z, w_n = self.weights["weight_hh"].chunk(3)
        bias = self.weights["bias_hh"]
        b_r, b_z, b_n = (None, None, None) if bias is None else bias.chunk(3)
        r = self.squash(self.limit(linear(h, w_r, b_r) + given_r))
        z = self.squash(self.limit(linear(h, w_z, b_z) + given_z))
        return r, z, self.limit(given_n + linear(r * h, w_n, b_n)).tanh()
