"""Computes recurrent modules for Unroll with the packages of this interpreter.

    python unroll_serve.py TOKEN FOLDER

Requests come through standard input, answers leave through a duplicate of standard output. What packages print goes to
standard error, so that it cannot get between the answers. The process ends when its input ends, and removes FOLDER, in
which large tensors lie, whatever it is doing then. This file is also read by interpreters that are too old for the others.
"""

import json
import os
import struct
import sys

VERSION = 1


def greet(token):
    """Tells who answers. What stands before the token was printed before this script began."""
    header = {
        "unroll": VERSION,
        "python": "%d.%d.%d" % tuple(sys.version_info[:3]),
        "executable": sys.executable,
    }
    text = json.dumps(header).encode("utf-8")
    os.write(1, token.encode("utf-8") + struct.pack("<I", len(text)) + text)


def main(token, folder):
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)
    greet(token)
    if sys.version_info < (3, 8):
        return
    # Nothing is written beside the scripts of an extension.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    from unroll_channel import Channel
    import unroll_keras
    import unroll_torch

    sys.dont_write_bytecode = writes
    unroll_keras.FOLDER = folder
    channel = Channel(folder)
    channel.serve({"pytorch": unroll_torch.compute, "keras": unroll_keras.compute})


if __name__ == "__main__":
    main(*sys.argv[1:3])
