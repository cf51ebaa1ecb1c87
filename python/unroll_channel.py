"""The channel between Unroll and this process: frames over standard input and a duplicate of standard output.

Frame:   "UNRF" | header length (u32) | payload length (u64) | header (JSON, UTF-8) | payload; little endian.
Tensors: the header lists them in the order of the payload, without gaps; one with "file" lies in that file instead.
"""

import ctypes
import faulthandler
import json
import math
import os
import queue
import shutil
import struct
import threading
import time
import traceback

MAGIC = b"UNRF"
PREFIX = struct.Struct("<4sIQ")

# Bytes of an answer's tensors from which on they go through files.
LARGE = 4 * 2**20

# Seconds beyond the time limit of a request.
GRACE = 10

# Seconds between two reports of progress.
PACE = 0.1


class Refusal(Exception):
    """A request that cannot be answered, for a reason that Unroll has a sentence for."""

    def __init__(self, code, **data):
        super().__init__(code)
        self.data = dict(data, code=code)


class Tensor:
    """The bytes of a tensor (a bytearray), its dtype by name, and its shape."""

    def __init__(self, dtype, shape, data):
        self.dtype = dtype
        self.shape = tuple(shape)
        self.data = data


class Channel:
    """Answers requests one after another on the main thread; another thread reads them."""

    def __init__(self, requests, answers, folder):
        """Takes the descriptors that frames come from and go to."""
        self._folder = folder
        self._requests = queue.Queue()
        self._written = 0
        self._input = os.fdopen(requests, "rb")
        self._output = os.fdopen(answers, "wb")
        threading.Thread(target=self._read_all, daemon=True).start()

    def serve(self, handlers):
        """Answers every request with the handler of its `op`: handler(request, tensors, progress)."""
        while True:
            header, payload = self._requests.get()
            # Who asked ends this process at its limit; where he is gone, and code holds on, this does.
            faulthandler.dump_traceback_later(header["limit"] + GRACE, exit=True)
            try:
                tensors = read_tensors(header.get("tensors", []), payload)
                answer, results = handlers[header["op"]](header, tensors, self._progress(header))
                self._send(dict(answer, id=header["id"]), results)
            except Refusal as refusal:
                self._send({"id": header["id"], "error": refusal.data}, {})
            except Exception as error:  # noqa: BLE001: whatever a package throws is told, and the process stays.
                traceback.print_exc()
                self._send({"id": header["id"], "error": describe(error)}, {})
            finally:
                faulthandler.cancel_dump_traceback_later()

    def _read_all(self):
        """Reads frames until the input ends: then nobody waits for an answer any more."""
        try:
            while True:
                prefix = self._input.read(PREFIX.size)
                if len(prefix) < PREFIX.size:
                    break
                magic, header_length, payload_length = PREFIX.unpack(prefix)
                if magic != MAGIC:
                    break
                header = json.loads(self._input.read(header_length).decode("utf-8"))
                self._requests.put((header, self._input.read(payload_length)))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            os._exit(0)

    def _progress(self, header):
        """A function of the finished part, 0…1, that tells it now and then."""
        last = [time.monotonic()]

        def report(fraction):
            now = time.monotonic()
            if now - last[0] >= PACE:
                last[0] = now
                self._send({"id": header["id"], "progress": fraction}, {})

        return report

    def _send(self, header, results):
        """Sends a header and tensors by name: objects with `dtype`, `shape` and `data`, a contiguous buffer."""
        entries, parts = [], []
        total = sum(len(tensor.data) for tensor in results.values())
        for name, tensor in results.items():
            entry = {"name": name, "dtype": tensor.dtype, "shape": list(tensor.shape)}
            if total >= LARGE:
                entry["file"] = self._write(tensor)
            else:
                parts.append(tensor.data)
            entries.append(entry)
        header = dict(header, tensors=entries)
        text = json.dumps(finite(header), allow_nan=False).encode("utf-8")
        self._output.write(PREFIX.pack(MAGIC, len(text), sum(len(part) for part in parts)))
        self._output.write(text)
        for part in parts:
            self._output.write(part)
        self._output.flush()

    def _write(self, tensor):
        self._written += 1
        path = os.path.join(self._folder, "answer-%d.bin" % self._written)
        with open(path, "wb") as file:
            file.write(tensor.data)
        return path


def read_tensors(entries, payload):
    """The tensors of a request by name, each in memory of its own."""
    tensors, at = {}, 0
    widths = {"float32": 4, "float64": 8, "int64": 8}
    for entry in entries:
        length = widths[entry["dtype"]] * math.prod(entry["shape"])
        if "file" in entry:
            data = bytearray(length)
            with open(entry["file"], "rb") as file:
                found = file.readinto(data)
        else:
            data = bytearray(payload[at : at + length])
            found = len(data)
            at += length
        if found != length:
            raise ValueError("%s has %d bytes, not %d" % (entry["name"], found, length))
        tensors[entry["name"]] = Tensor(entry["dtype"], entry["shape"], data)
    return tensors


def bytes_at(address, length):
    """Memory that belongs to another object, as a buffer that can be written to a file."""
    return memoryview((ctypes.c_char * length).from_address(address)).cast("B")



def finite(value):
    """The same value for JSON, which has no NaN and no infinities: they become their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def describe(error):
    """What a package has thrown: out of memory, or one line."""
    lines = str(error).strip().splitlines()
    message = lines[0] if lines else ""
    kind = type(error).__name__
    memory = ("out of memory", "not enough memory", "can't allocate memory", "Cannot allocate memory")
    if isinstance(error, MemoryError) or any(word in str(error) for word in memory):
        return {"code": "out-of-memory", "message": message or kind}
    return {"code": "failed", "message": kind + (": " + message if message else "")}
