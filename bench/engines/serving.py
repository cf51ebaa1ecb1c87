"""Answers requests as bench/lib/serve.mjs does: one JSON request a line on stdin, one answer a line on stdout."""

import json
import sys


def serve(engine):
    """Calls the engine's method that a request names, until stdin ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(engine, request["do"])(request)
        except Exception as error:
            answer = {"error": str(error).split("\n", 1)[0]}
        print(json.dumps(answer), flush=True)
