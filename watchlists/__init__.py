"""The watchlists that are shipped, one TOML file each, and in sample/ the prices of the offline demo."""

from importlib.resources import files
from pathlib import Path


def folder() -> Path:
    """The folder of the shipped lists, in a wheel and an editable install alike."""
    return Path(str(files(__name__)))


def sample() -> Path:
    """The folder of the sample's prices, one SYMBOL.csv each."""
    return folder() / "sample"
