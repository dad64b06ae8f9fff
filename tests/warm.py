"""Processes that begin warm: forked from one that has loaded their module already.

The command of a `Warm` stands for `python -P -m MODULE`: `main` of the same module in a process of its own, with the
arguments, the environment, the folder and the descriptors that it was given; but what it needs was imported once.
"""

import fcntl
import importlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

HIGH = 512
"""Descriptors from here on are in nobody's way."""

ASK = f"""
import json, os, socket, sys

def is_open(number):
    try:
        return bool(os.fstat(number))
    except OSError:
        return False

given = [number for number in range({HIGH}) if is_open(number)]
asked = {{"arguments": sys.argv[2:], "environment": dict(os.environ), "folder": os.getcwd(), "given": given}}
with socket.socket(socket.AF_UNIX) as line:
    line.connect(sys.argv[1])
    socket.send_fds(line, [b"!"], given)
    line.sendall(json.dumps(asked).encode())
    line.shutdown(socket.SHUT_WR)
    for number in given[3:]:
        os.close(number)
    line.recv(1)
"""
"""What the command runs: it hands over all it has, and stays until the process that it asked for has ended."""


@contextmanager
def warm(module: str, *others: str) -> Iterator[Sequence[str]]:
    """The command that starts the module's `main` from a process that has loaded it, and others, once."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = f"{folder}/warm"
        listener.bind(path)
        listener.listen()
        command = [sys.executable, "-P", "-m", __name__, str(listener.fileno()), module, *others]
        with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[listener.fileno()]):
            yield (sys.executable, "-I", "-S", "-c", ASK, path)


def main() -> None:
    """Load what is named, and become it for whoever asks, until standard input ends."""
    number, module, *others = sys.argv[1:]
    for name in (module, *others):
        importlib.import_module(name)
    with socket.socket(fileno=int(number)) as listener:
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            line, _ = listener.accept()
            _, given, _, _ = socket.recv_fds(line, 1, HIGH)
            asked = json.loads(line.makefile().read())
            if os.fork() == 0:
                _become(module, asked, [*given, line.detach()])
            line.close()
            for each in given:
                os.close(each)
            _bury()


def _become(module: str, asked: Mapping[str, Any], given: Sequence[int]) -> None:
    """Be a process that was started with this; does not come back. The last descriptor is open as long as it lives."""
    try:
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, HIGH) for each in given]
        os.closerange(3, HIGH)
        for each, number in zip(high, asked["given"], strict=False):
            os.dup2(each, number)
            os.close(each)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        importlib.import_module(module).main(asked["arguments"])
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def _bury() -> None:
    """Take note of those that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
