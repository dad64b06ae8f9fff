"""Bring the store up to date with the source."""

from engine.services.refresh.refresh import DAY, REREAD, Refresh, Standing

__all__ = ["DAY", "REREAD", "Refresh", "Standing"]
