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


def greet(output, token):
    """Tells who answers. What stands before the token was printed before this script began."""
    header = {
        "unroll": VERSION,
        "python": "%d.%d.%d" % tuple(sys.version_info[:3]),
        "executable": sys.executable,
    }
    text = json.dumps(header).encode("utf-8")
    os.write(output, token.encode("utf-8") + struct.pack("<I", len(text)) + text)


def take_channel():
    """Descriptors of requests and answers; what others read and print from now on is no part of the protocol."""
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, answers):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return requests, answers


def main(token, folder):
    requests, answers = take_channel()
    greet(answers, token)
    if sys.version_info < (3, 8):
        return
    # Nothing is written beside the scripts of an extension.
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    # PYTHONSAFEPATH and -I leave the folder of a script out.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import unroll_channel
    import unroll_keras
    import unroll_torch

    sys.path.pop(0)
    sys.dont_write_bytecode = writes
    unroll_keras.FOLDER = folder
    channel = unroll_channel.Channel(requests, answers, folder)
    channel.serve({"pytorch": unroll_torch.compute, "keras": unroll_keras.compute})


if __name__ == "__main__":
    main(*sys.argv[1:3])
