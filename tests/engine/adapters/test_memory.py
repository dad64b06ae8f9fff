"""Freed memory goes back to the system."""

import subprocess
import sys

import pytest

HELD = """
import threading
import numpy as np
from engine.adapters.memory import give_back

def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

def work():
    kept = [np.ones(12_000) for _ in range(2_000)]
    last.append(np.ones(10))
    del kept

before, last = resident(), []
for _ in range(2):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
held = resident()
give_back()
print(before, held, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_threads_have_freed_is_given_back():
    said = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True).stdout
    before, held, after = map(int, said.split())
    assert after <= held
    assert after - before < 60_000
