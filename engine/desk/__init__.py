"""Where commands are carried out: one function a command, for screens and command line alike."""

from engine.desk.desk import Desk
from engine.desk.means import Means, Say

__all__ = ["Desk", "Means", "Say"]
