"""How the engine's one interpreter is shared, so that its loop gets a turn soon whatever its threads do."""

import gc
import os
import sys

TURN = 0.0005
"""Seconds that a thread may keep the interpreter while another waits for it; Python's own five milliseconds add up."""
COLLECTIONS = (20_000, 20, 20)
"""What is new is looked through after so many objects, what has stayed after so many looks, and all there is likewise.

A look through all there is stops everything: for 60 ms once pandas is loaded, several times that on a busy machine. By
Python's own (700, 10, 10) every hundred histories that are fetched bring one about.
"""
PRODUCTS = {"OPENBLAS_NUM_THREADS": "1"}
"""One thread for numpy's products, unless the environment says otherwise; read when numpy is first loaded.

Those of a scan are small: on two free processors a second thread saves a third of the forward pass's time, and where
something else wants one, the threads wait for each other and it takes several times as long.
"""


def resident() -> int | None:
    """Bytes of memory that this process holds; None where the system keeps no such record."""
    try:
        with open("/proc/self/statm", encoding="ascii") as record:  # noqa: PTH123 - no file of anybody's
            return int(record.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def shared_finely() -> None:
    """Set this process so; for a process with a loop that others wait for, before it loads numpy."""
    for name, value in PRODUCTS.items():
        os.environ.setdefault(name, value)
    sys.setswitchinterval(TURN)
    gc.set_threshold(*COLLECTIONS)
