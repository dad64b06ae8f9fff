"""What is on record of an exchange, read in a process that is gone afterwards.

exchange_calendars needs pandas: 90 MB that an engine would hold for the rest of its life, for a few kilobytes of dates.
"""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import engine
from engine.adapters.calendars.record import recorded
from engine.core.sessions import Recorded

PATIENCE = 60.0
"""Seconds such a process may take."""

log = logging.getLogger(__name__)


def recorded_elsewhere(exchange: str) -> Recorded:
    """As `recorded`; where no process can be had for it, it is read in this one, and that is logged."""
    path = [str(Path(engine.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    try:
        said = subprocess.run(  # noqa: S603 - this very interpreter, and an exchange that is known by its MIC
            [sys.executable, "-P", "-m", __name__, exchange],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))},
            timeout=PATIENCE,
            check=True,
        )
        with np.load(io.BytesIO(said.stdout), allow_pickle=False) as arrays:
            return Recorded(arrays["days"], arrays["hours"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        log.warning("the sessions of %s are read in the engine itself: %s", exchange, error)
        return recorded(exchange)


def main() -> None:
    """Write the record of the exchange that is named to standard output."""
    found = recorded(sys.argv[1])
    answer = io.BytesIO()
    np.savez(answer, allow_pickle=False, days=found.days, hours=found.hours)
    sys.stdout.buffer.write(answer.getvalue())


if __name__ == "__main__":
    main()
