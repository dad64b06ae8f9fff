"""The headless commands: clients of the engine, as the screens are.

Words go to standard error, answers to standard output; with --json every line of standard output is JSON, errors too.
Exit status: 0 done, 1 failed, 2 bad usage, 3 an alarm is open (scan --exit-code).
"""

from engine.cli.commands import main
from engine.cli.output import refuse

__all__ = ["main", "refuse"]
