"""Memory that was freed and that the C library holds on to for the process's next need."""

import ctypes


def give_back() -> None:
    """Let the system have what is free; where the C library cannot, as on macOS, nothing happens.

    glibc keeps what a thread has freed: after work on large arrays in several threads that is some hundred megabytes.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
