"""Score a list after a session: gather bars and models, judge in core, keep forecasts and episodes."""

from engine.services.scan.scan import Scan

__all__ = ["Scan"]
