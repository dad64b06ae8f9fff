"""When objects that nothing reaches any more are looked for: at the step of the minute clock, not before a key's frame.

A full collection looks at everything the screen holds: it was measured at 60 to 160 ms of processor time, some seconds
apart, and was most of what the slowest hundredth of keys waited for.
"""

import gc

_SELDOM = 1_000_000


class Litter:
    """Young objects are collected as ever; all of them only by `sweep`. Leaves a collector alone that was never off."""

    def __init__(self) -> None:
        self._ours = False
        self._settled = False

    def begin(self) -> None:
        """What start-up has made stays; tui/__main__.py has put the collector off until now."""
        self._ours = not gc.isenabled()
        if self._ours:
            gc.freeze()
            young, middle, _ = gc.get_threshold()
            gc.set_threshold(young, middle, _SELDOM)
            gc.enable()

    def sweep(self) -> None:
        """Collect everything; what is there after the first time, late imports among it, stays too."""
        if not self._ours:
            return
        gc.collect()
        if not self._settled:
            self._settled = True
            gc.freeze()
