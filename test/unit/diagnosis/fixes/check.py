"""Executes the Python lines of fixes and compares what they give with torch.nn.

stdin: {"frames": [...], "cases": [{"id", "frame", "pytorch", "numpy"}]}. stdout: a list of what does not hold. What
is laid out wrongly is made here, by the definitions of the catalogue; where torch.nn has no such cell, the loop below
stands for it, which agrees with torch.nn wherever that has the cell.
"""
import json
import sys
import traceback

import numpy as np
import torch

GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
ROLES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "peephole")


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class World:
    """The network of a frame with random weights, and what it gives."""

    def __init__(self, frame, seed):
        self.__dict__.update(frame)
        self.random = np.random.default_rng(seed)
        self.G = GATES[self.cell]
        self.R = self.P or self.H
        self.slots = self.L * self.D
        self.state = {user: self.values(*shape) for user, shape in zip(self.names.values(), self.shapes)}
        self.state["fc.weight"] = self.values(2, 3)
        self.x = self.values(self.T, self.B, self.I)
        self.h0 = self.values(self.slots, self.B, self.R)
        self.c0 = self.values(self.slots, self.B, self.H) if self.cell == "LSTM" else None
        self.given = None if self.lengths is None else np.array(self.lengths)
        self.output, self.layers, self.hn, self.cn = self.forward(self.state)
        self.is_torch = self.variant is None and not self.isCellClass
        if self.is_torch:
            output, hn, cn = self.nn_forward(self.state)
            same(output, self.output, "the loop's output and torch.nn's")
            same(hn, self.hn, "the loop's h_n and torch.nn's")
            if cn is not None:
                same(cn, self.cn, "the loop's c_n and torch.nn's")

    def values(self, *shape):
        return self.random.uniform(-0.8, 0.8, shape)

    def names_of(self, layer, direction):
        """The user's names of a lane's tensors, by their role."""
        end = "" if self.isCellClass else f"_l{layer}" + ("_reverse" if direction else "")
        return {role: self.names[role + end] for role in ROLES if role + end in self.names}

    def lane(self, state, layer, direction):
        return {role: state[name] for role, name in self.names_of(layer, direction).items()}

    def step(self, lane, x, h, c=None):
        """One step of a batch, as the catalogue has it."""
        variant = self.variant or {}
        clip = variant.get("clip") or np.inf
        limit = lambda v: np.clip(v, -clip, clip)
        gate = sigmoid
        if variant.get("alpha"):
            gate = lambda v: np.clip(variant["alpha"] * v + variant["beta"], 0, 1)
        zero = np.zeros(self.G * self.H)
        b_ih, b_hh = lane.get("bias_ih", zero), lane.get("bias_hh", zero)
        ofx, ofh = x @ lane["weight_ih"].T + b_ih, h @ lane["weight_hh"].T + b_hh
        if self.cell == "RNN":
            sums = limit(ofx + ofh)
            return (np.maximum(sums, 0) if self.relu else np.tanh(sums),)
        if self.cell == "GRU":
            (xr, xz, xn), (hr, hz, hn) = np.split(ofx, 3, -1), np.split(ofh, 3, -1)
            r, z = gate(limit(xr + hr)), gate(limit(xz + hz))
            if variant.get("resetBefore"):
                n = np.tanh(limit(xn + (r * h) @ lane["weight_hh"][2 * self.H :].T + b_hh[2 * self.H :]))
            else:
                n = np.tanh(limit(xn + r * hn))
            return ((1 - z) * n + z * h,)
        i, f, g, o = np.split(ofx + ofh, 4, -1)
        p = np.split(lane.get("peephole", np.zeros(3 * self.H)), 3)
        i = gate(limit(i + p[0] * c))
        f = 1 - i if variant.get("coupled") else gate(limit(f + p[1] * c))
        c = f * c + i * np.tanh(limit(g))
        h = gate(limit(o + p[2] * c)) * np.tanh(c)
        return (h @ lane["weight_hr"].T if self.P else h, c)

    def start(self, slot):
        return (self.h0[slot],) if self.c0 is None else (self.h0[slot], self.c0[slot])

    def run(self, state, layer, direction, xs):
        """Output (T, B, R) and the final states of a direction, row by row within its length."""
        lane, slot = self.lane(state, layer, direction), layer * self.D + direction
        output = np.zeros((self.T, self.B, self.R))
        finals = [np.array(part) for part in self.start(slot)]
        for row in range(self.B):
            length = self.T if self.given is None else self.given[row]
            states = tuple(part[row : row + 1] for part in self.start(slot))
            for t in reversed(range(length)) if direction else range(length):
                states = self.step(lane, xs[t, row : row + 1], *states)
                output[t, row] = states[0][0]
            for final, part in zip(finals, states):
                final[row] = part[0]
        return output, finals

    def forward(self, state):
        xs, layers, hn, cn = self.x, [], [], []
        for layer in range(self.L):
            lanes = [self.run(state, layer, direction, xs) for direction in range(self.D)]
            xs = np.concatenate([output for output, _ in lanes], -1)
            layers.append(xs)
            hn += [finals[0] for _, finals in lanes]
            cn += [finals[-1] for _, finals in lanes]
        return xs, layers, np.stack(hn), np.stack(cn) if self.cell == "LSTM" else None

    def module(self, state, batch_first=False, dropout=0.0):
        more = {"nonlinearity": "relu"} if self.relu else {}
        if self.P:
            more["proj_size"] = self.P
        module = getattr(torch.nn, self.cell)(
            self.I, self.H, self.L, bias=self.bias, bidirectional=self.D == 2, batch_first=batch_first,
            dropout=dropout, **more
        ).double()
        module.load_state_dict({name: tensor(state[user]) for name, user in self.names.items()})
        return module

    def states(self):
        return tensor(self.h0) if self.c0 is None else (tensor(self.h0), tensor(self.c0))

    def nn_forward(self, state):
        x = tensor(self.x)
        if self.given is not None:
            x = torch.nn.utils.rnn.pack_padded_sequence(x, self.lengths, enforce_sorted=False)
        with torch.no_grad():
            output, finals = self.module(state)(x, self.states())
        if self.given is not None:
            output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=self.T)
        hn, cn = finals if self.cell == "LSTM" else (finals, None)
        return output.numpy(), hn.numpy(), None if cn is None else cn.numpy()

    def laid_out(self, output):
        """As the user's files have it."""
        return np.ascontiguousarray(output.swapaxes(0, 1)) if self.batchFirst else output


def tensor(values):
    return torch.from_numpy(np.array(values))


class Differs(Exception):
    pass


def same(ours, expected, what, tolerance=1e-12):
    ours, expected = np.asarray(ours), np.asarray(expected)
    if ours.shape != expected.shape:
        raise Differs(f"{what}: shape {ours.shape}, not {expected.shape}")
    largest = np.abs(ours - expected).max(initial=0)
    if not largest <= tolerance:
        raise Differs(f"{what}: differs by {largest}")


# What is laid out wrongly, by the id.


def wrong_blocks(id, world, roles):
    """Blocks stand in the order of the id's letters."""
    letters, right = id.split("/")[1].replace("order-", ""), "ifgo" if world.cell == "LSTM" else "rzn"

    def lay(lane):
        for role in roles:
            if role in lane:
                blocks = dict(zip(right, np.split(lane[role], world.G)))
                lane[role] = np.concatenate([blocks[letter] for letter in letters])

    return lay


def transpose_blocks(world, *roles):
    def lay(lane):
        for role in roles:
            lane[role] = np.concatenate([block.T for block in np.split(lane[role], world.G)])

    return lay


def reshape(*roles):
    """The transposed matrix, its buffer under the shape of the right one."""

    def lay(lane):
        for role in roles:
            lane[role] = lane[role].T.copy().reshape(lane[role].shape)

    return lay


def exchange_kernel(lane):
    columns = lane["weight_ih"].shape[1]
    kernel = np.concatenate([lane["weight_hh"], lane["weight_ih"]], 1)
    lane["weight_ih"], lane["weight_hh"] = kernel[:, :columns].copy(), kernel[:, columns:].copy()


def exchange_biases(lane):
    lane["bias_ih"], lane["bias_hh"] = lane["bias_hh"], lane["bias_ih"]


def interleave_biases(lane):
    """(2, G·H) as (G·H, 2), its two halves."""
    flat = np.stack([lane["bias_ih"], lane["bias_hh"]]).T.copy().reshape(-1)
    lane["bias_ih"], lane["bias_hh"] = np.split(flat, 2)


def forget_bias(world):
    def lay(lane):
        lane["bias_ih"] = lane["bias_ih"].copy()
        lane["bias_ih"][world.H : 2 * world.H] -= 1

    return lay


def layout_of(id, world):
    both = ("weight_ih", "weight_hh")
    if id.startswith("gates/"):
        return wrong_blocks(id, world, (*both, "bias_ih", "bias_hh"))
    if id.startswith("bias/order-"):
        return wrong_blocks(id, world, ("bias_ih", "bias_hh"))
    return {
        "weights/hh-transposed": transpose_blocks(world, "weight_hh"),
        "weights/ih-transposed": transpose_blocks(world, "weight_ih"),
        "weights/both-transposed": transpose_blocks(world, *both),
        "weights/hh-reshaped": reshape("weight_hh"),
        "weights/ih-reshaped": reshape("weight_ih"),
        "weights/both-reshaped": reshape(*both),
        "weights/hr-reshaped": reshape("weight_hr"),
        "weights/ih-hh-exchanged": exchange_kernel,
        "bias/exchanged": exchange_biases,
        "bias/split-interleaved": interleave_biases,
        "lstm/forget-bias-one": forget_bias(world),
    }[id]


def wrongly_laid_out(id, world):
    state = dict(world.state)
    for layer in range(world.L):
        for direction in range(world.D):
            lane = world.lane(world.state, layer, direction)
            layout_of(id, world)(lane)
            names = world.names_of(layer, direction)
            state.update({names[role]: value for role, value in lane.items()})
    return state


def wrong_states(id, world, right):
    slots, rows, size = right.shape
    if "view-for-permute" in id:
        return right.swapaxes(0, 1).copy().reshape(right.shape)
    if id == "h_n/batch-first":
        return right.swapaxes(0, 1).copy()
    places = [(layer, direction) for layer in range(world.L) for direction in range(world.D)]
    if id == "h_n/direction-major":
        places = [(layer, direction) for direction in range(world.D) for layer in range(world.L)]
    elif id == "h_n/layers-reversed":
        places = [(world.L - 1 - layer, direction) for layer, direction in places]
    elif id == "h_n/directions-swapped":
        places = [(layer, 1 - direction) for layer, direction in places]
    return np.stack([right[layer * world.D + direction] for layer, direction in places])


def wrong_output(id, world):
    right = world.laid_out(world.output)
    if id == "output/halves-exchanged":
        return np.concatenate([right[..., world.R :], right[..., : world.R]], -1)
    if id == "output/time-reversed":
        return world.laid_out(world.output[::-1])
    if id == "layout/output-axes-swapped":
        return right.swapaxes(0, 1).copy()
    if id == "layout/output-view":
        return right.swapaxes(0, 1).copy().reshape(right.shape)
    if id == "layout/direction-axis-kept":
        parts = world.output.reshape(world.T, world.B, world.D, world.R)
        return parts.transpose(0, 2, 1, 3).copy()
    raise KeyError(id)


# What each function of a fix must give.


class Check:
    def __init__(self, id, world, lines, is_torch):
        self.id, self.world, self.lines, self.is_torch = id, world, lines, is_torch
        self.to = tensor if is_torch else np.array

    def back(self, values):
        return values.numpy() if isinstance(values, torch.Tensor) else np.asarray(values)

    def convert(self):
        world = self.world
        if self.id.startswith("precision/"):
            return self.rounded()
        wrong = wrongly_laid_out(self.id, world)
        if all(np.array_equal(wrong[name], world.state[name]) for name in wrong):
            raise Differs("nothing was laid out wrongly")
        given = {name: self.to(value) for name, value in wrong.items()}
        kept = {name: self.back(value).copy() for name, value in given.items()}
        converted = {name: self.back(value) for name, value in self.lines["convert"](given).items()}
        for name, value in given.items():
            same(self.back(value), kept[name], f"what was given, {name}", 0)
        same(converted["fc.weight"], world.state["fc.weight"], "another tensor of the file", 0)
        output, _, hn, _ = world.forward(converted)
        if world.is_torch:
            output, hn, _ = world.nn_forward(converted)
        same(output, world.output, "output")
        same(hn, world.hn, "h_n")

    def rounded(self):
        world = self.world
        single = {name: value.astype(np.float32) for name, value in world.state.items()}
        given = {name: self.to(value) for name, value in single.items()}
        converted = {name: self.back(value) for name, value in self.lines["convert"](given).items()}
        for name, value in single.items():
            expected = torch.from_numpy(value)
            is_matrix = value.ndim == 2 and "hr" not in name
            if name == "fc.weight":
                pass
            elif self.id == "precision/half-weights":
                expected = expected.half().float()
            elif self.id == "precision/bfloat16-weights":
                expected = expected.bfloat16().float()
            elif is_matrix:
                scale = np.abs(value).max() / 127
                expected = torch.from_numpy(np.rint(value / scale) * scale)
            same(converted[name], expected.numpy(), name, 0 if "int8" not in self.id else 1e-7)

    def step(self):
        world = self.world
        lane = world.lane(world.state, 0, 0)
        x, states = world.values(world.B, world.I), world.start(0)
        weights = [self.to(world.state[name]) for name in self.lines["weights"]]
        expected = world.step(lane, x, *states)
        step = self.lines[f"{world.cell.lower()}_step"]
        for is_row in (False, True):
            take = (lambda v: self.to(v[0])) if is_row else self.to
            found = step(take(x), *map(take, states), *weights)
            found = found if isinstance(found, tuple) else (found,)
            for ours, right in zip(found, expected, strict=True):
                same(self.back(ours), right[0] if is_row else right, "the step")

    rnn_step = lstm_step = gru_step = step

    def layer_weights(self):
        world = self.world
        for layer in range(world.L):
            for direction in range(world.D):
                found = self.lines["layer_weights"](world.state, layer, direction)
                expected = world.lane(world.state, layer, direction).values()
                for ours, right in zip(found, expected, strict=True):
                    same(ours, right, f"layer {layer} direction {direction}", 0)

    def start(self):
        world = self.world
        given = [part if not world.isCellClass else part[0] for part in (world.h0, world.c0) if part is not None]
        for slot in range(world.slots):
            found = self.lines["start"](*map(self.to, given), slot // world.D, slot % world.D)
            found = found if isinstance(found, tuple) else (found,)
            for ours, right in zip(found, world.start(slot), strict=True):
                same(self.back(ours), right, f"slot {slot}", 0)

    def zero_states(self):
        world = self.world
        found = self.lines["zero_states"]()
        found = found if isinstance(found, tuple) else (found,)
        for ours, right in zip(found, [part for part in (world.h0, world.c0) if part is not None], strict=True):
            same(self.back(ours), 0 * (right[0] if world.isCellClass else right), "zeros", 0)

    def convert_states(self):
        world = self.world
        for right in (world.hn, world.cn):
            if right is None:
                continue
            wrong = wrong_states(self.id, world, right)
            same(self.back(self.lines["convert_states"](self.to(wrong))), right, "states", 0)

    def convert_output(self):
        wrong = self.to(wrong_output(self.id, self.world))
        same(self.back(self.lines["convert_output"](wrong)), self.world.laid_out(self.world.output), "output", 0)

    def run(self):
        world = self.world
        lane = world.lane(world.state, 0, 0)

        def step(x, *states):
            return tuple(map(self.to, world.step(lane, self.back(x), *map(self.back, states))))

        given = [] if world.given is None else [world.lengths]
        states = tuple(map(self.to, world.start(0)))
        outputs, found = self.lines["run"](step, self.to(world.x), states, *given)
        expected, finals = world.run(world.state, 0, 0, world.x)
        same(self.back(outputs), expected, "the outputs")
        for ours, right in zip(found, finals, strict=True):
            same(self.back(ours), right, "the final states")

    def run_reverse(self):
        world = self.world
        lane = world.lane(world.state, 0, 1)

        def run(xs):
            states, outputs = world.start(1), []
            for x in self.back(xs):
                states = world.step(lane, x, *states)
                outputs.append(states[0])
            return self.to(np.stack(outputs))

        given = [] if world.given is None else [world.lengths]
        found = self.lines["run_reverse"](run, self.to(world.x), *given)
        same(self.back(found), world.layers[0][..., world.R :], "the reverse half")

    def join(self):
        world = self.world
        halves = [self.to(world.output[..., : world.R]), self.to(world.output[..., world.R :])]
        same(self.back(self.lines["join"](*halves)), world.output, "output", 0)

    def stack(self):
        world = self.world

        def layer_of(layer):
            def run(xs):
                lanes = [world.run(world.state, layer, d, self.back(xs))[0] for d in range(world.D)]
                return self.to(np.concatenate(lanes, -1))

            return run

        found = self.lines["stack"]([layer_of(layer) for layer in range(world.L)], self.to(world.x))
        same(self.back(found), world.output, "output")

    def final_states(self):
        given = [] if self.world.given is None else [self.world.lengths]
        found = self.lines["final_states"](list(map(self.to, self.world.layers)), *given)
        same(self.back(found), self.world.hn, "h_n")

    def run_packed(self):
        world = self.world
        module = world.module(world.state, batch_first=world.batchFirst)
        x = tensor(world.laid_out(world.x))
        with torch.no_grad():
            output, finals = self.lines["run_packed"](module, x, world.lengths, world.states())
        same(output.numpy(), world.laid_out(world.output), "output")
        hn = finals[0] if world.cell == "LSTM" else finals
        same(hn.numpy(), world.hn, "h_n")

    def restore(self):
        world = self.world
        rows = np.argsort(-world.given, kind="stable") if "packing/" in self.id else world.parameter["rows"]
        for right, axis in ((world.output, 1), (world.hn, 1), (world.output.swapaxes(0, 1), 0)):
            wrong = self.to(np.take(right, rows, axis))
            given = (wrong,) if axis == 1 else (wrong, axis)
            same(self.back(self.lines["restore"](*given)), right, f"rows of axis {axis}", 0)

    def sort_states(self):
        rows = np.argsort(-self.world.given, kind="stable")
        found = self.lines["sort_states"](self.to(self.world.h0))
        same(self.back(found), self.world.h0[:, rows], "h0", 0)

    def restore_units(self):
        world = self.world
        for slot, units in enumerate(world.parameter["units"]):
            found = self.lines["restore_units"](self.to(world.hn[slot][:, units]), slot)
            same(self.back(found), world.hn[slot], f"slot {slot}", 0)

    def steps(self):
        world = self.world
        found = self.lines["steps"](self.to(world.laid_out(world.x)))
        same(np.stack([self.back(step) for step in found]), world.x, "the steps", 0)

    def forward(self):
        world = self.world
        module = world.module(world.state, dropout=0.5 if world.L > 1 else 0).train()
        output, _ = self.lines["forward"](module, tensor(world.x), world.states())
        if world.given is None:
            same(output.numpy(), world.output, "output")

    def tf32(self):
        values = self.world.random.standard_normal(500).astype(np.float32) * 30
        values[:2] = 0, 1 + 2.0**-11
        bits = (values.view(np.uint32) + np.uint32(0x1000)) & np.uint32(0xFFFFE000)
        same(self.lines["tf32"](values), bits.view(np.float32), "rounded", 0)

    def widened(self):
        half = {name: self.to(value.astype(np.float16)) for name, value in self.world.state.items()}
        for name, value in self.lines["widened"](half).items():
            if self.back(value).dtype != np.float32:
                raise Differs(f"{name} is {value.dtype}")
            same(self.back(value), self.back(half[name]), name, 0)

    def differing(self):
        other = self.world.output.copy()
        other[1, 0, 2] += 0.5
        found = self.lines["differing"](self.to(self.world.output), self.to(other))
        same([place for place, *_ in found], [(1, 0, 2)], "the places")
        same(found[0][2] - found[0][1], 0.5, "the difference")

    def compare(self):
        state = {name: self.to(value) for name, value in self.world.state.items()}
        other = {**state, "fc.weight": state["fc.weight"] + 0.25}
        (name, largest), *rest = self.lines["compare"](state, other)
        if name != "fc.weight" or any(value for _, value in rest):
            raise Differs(f"{name} differs most")
        same(largest, 0.25, name)


def check(case, world, language):
    lines = {}
    exec(compile(case[language], f"{case['id']} {language}", "exec"), lines)
    own = Check(case["id"], world, lines, language == "pytorch")
    functions = [name for name in lines if hasattr(Check, name) and name not in ("step", "back", "rounded")]
    if case["id"] == "precision/tf32" and language == "pytorch":
        if torch.backends.cudnn.allow_tf32 or torch.backends.cuda.matmul.allow_tf32:
            raise Differs("TF32 is allowed")
        return
    if len(functions) != 1:
        raise Differs(f"defines {functions}")
    getattr(own, functions[0])()


def main():
    given = json.load(sys.stdin)
    worlds = [World(frame, seed) for seed, frame in enumerate(given["frames"])]
    failures = []
    for case in given["cases"]:
        for language in ("pytorch", "numpy"):
            try:
                check(case, worlds[case["frame"]], language)
            except Exception as error:
                where = "" if isinstance(error, Differs) else traceback.format_exc(limit=-2)
                failures.append(f"{case['id']} {language}, frame {case['frame']}: {error} {where}")
    json.dump({"failures": failures, "checked": 2 * len(given["cases"])}, sys.stdout)


main()
