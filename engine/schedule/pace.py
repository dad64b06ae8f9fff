"""How often the engine does things by itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How often; sessions a second, seconds."""

    speed: float
    poll_seconds: float
    linger_seconds: float
    grace_seconds: float = 60.0
    """How long a new engine waits for whoever started it, and at most for the next script where only scripts came."""
