"""The machine's clock."""

import time


class SystemClock:
    """Time as the machine has it."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()
