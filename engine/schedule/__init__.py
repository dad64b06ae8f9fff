"""What happens when: bars are fetched, a session is scored, a model is trained, a replay moves on, the engine ends."""

from engine.schedule.pace import Pace
from engine.schedule.schedule import Schedule

__all__ = ["Pace", "Schedule"]
