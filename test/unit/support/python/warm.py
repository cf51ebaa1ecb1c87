"""Runs scripts one after another, each in a fork of this process, which has imported the packages that they name.

Reads a job a line from standard input, and answers each with a line: how it ended, and what it wrote.
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
import types


def run(arguments):
    """Does in this process what `python3 ARGUMENTS` does in a new one."""
    if arguments[0] == "-c":
        sys.argv, sys.path[0] = ["-c", *arguments[2:]], ""
        sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(arguments[1], "<string>", "exec"), sys.modules["__main__"].__dict__)
    else:
        sys.argv, sys.path[0] = arguments, os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


def coded(arguments):
    """The exit code of `run`."""
    try:
        run(arguments)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def forked(job, files):
    child = os.fork()
    if child != 0:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for descriptor, file in enumerate(files):
        os.dup2(file.fileno(), descriptor)
    # What is read already of the jobs is not the child's.
    sys.stdin = open(0, closefd=False)
    os.chdir(job["folder"])
    code = coded(job["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def started(job, files):
    """Where a process cannot be forked."""
    given, printed, complained = files
    command = [sys.executable, *job["arguments"]]
    return subprocess.run(command, cwd=job["folder"], stdin=given, stdout=printed, stderr=complained).returncode


def answer(job):
    for package in job["packages"]:
        importlib.import_module(package)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(job["input"].encode())
        files = (given, out, err)
        given.seek(0)
        code = (forked if hasattr(os, "fork") else started)(job, files)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return {"code": code, "stdout": texts[0], "stderr": texts[1]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
