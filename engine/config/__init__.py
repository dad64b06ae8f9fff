"""Settings: frozen, documented field by field, unknown keys refused with the nearest known one named.

They come from `config.toml`, then from the command line. The file that the first run writes is made from the
descriptions of the fields, every key in it commented out, so that what it says is what holds.
"""

from engine.config.assignment import Assignment, assignment
from engine.config.reading import SettingsFile, changed, load, screen_settings
from engine.config.settings import SOURCES, AlarmSettings, ScreenSettings, Settings
from engine.config.writing import commented, described, save, with_value, write_first

__all__ = [
    "SOURCES",
    "AlarmSettings",
    "Assignment",
    "ScreenSettings",
    "Settings",
    "SettingsFile",
    "assignment",
    "changed",
    "commented",
    "described",
    "load",
    "save",
    "screen_settings",
    "with_value",
    "write_first",
]
