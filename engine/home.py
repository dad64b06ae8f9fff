"""Where a home keeps its things, and which engine a command line means."""

import os
from pathlib import Path

from msgspec import Struct

APP = "whipsaw"


class Home(Struct, frozen=True):
    """Where things are kept: by XDG's rules, or all under one folder."""

    root: Path | None
    config: Path
    data: Path
    state: Path
    cache: Path

    @property
    def key(self) -> str:
        """Twelve characters that name this home."""
        import hashlib  # noqa: PLC0415 - nothing here may hold up the first paint

        return hashlib.sha256(str(self.data.resolve()).encode()).hexdigest()[:12]

    @property
    def socket(self) -> Path:
        """Where a new engine listens: a short path, for a socket's has 108 bytes, in a folder of its own.

        A client reads it from the lock file instead, since cron and a login differ in XDG_RUNTIME_DIR.
        """
        import tempfile  # noqa: PLC0415

        runtime = os.environ.get("XDG_RUNTIME_DIR") or f"{tempfile.gettempdir()}/{APP}-{os.getuid()}"
        return Path(runtime) / APP / self.key / "engine.sock"

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.config / "config.toml"

    @property
    def calendars_file(self) -> Path:
        """The user's own corrections of exchanges' sessions."""
        return self.config / "calendars.toml"

    @property
    def watchlists(self) -> Path:
        """The user's own lists."""
        return self.config / "watchlists"

    @property
    def pause_file(self) -> Path:
        """There while a replay is paused."""
        return self.data / "paused"

    @property
    def log_file(self) -> Path:
        """The engine's log."""
        return self.state / "engine.log"

    @property
    def lock_file(self) -> Path:
        """Held by the engine while it runs; holds its pid and its socket's path."""
        return self.state / "engine.lock"

    def sub(self, name: str) -> "Home":
        """A home of its own below this one, all under one folder."""
        return home(self.data / name)


def home(folder: Path | None = None) -> Home:
    """The home in a folder, or the user's own by XDG's rules."""
    if folder is not None:
        root = folder.expanduser().absolute()
        return Home(root, root, root, root, root / "cache")
    import platformdirs  # noqa: PLC0415

    dirs = platformdirs.PlatformDirs(APP, appauthor=False)
    return Home(None, dirs.user_config_path, dirs.user_data_path, dirs.user_state_path, dirs.user_cache_path)


class Options(Struct, frozen=True):
    """Which engine: its home, its settings file, its source, and settings given on the command line."""

    home: Path | None = None
    config: Path | None = None
    source: str | None = None
    overrides: tuple[str, ...] = ()
    sub_home: str | None = None
    """A home of its own below that one, as the demo has."""
    log_level: str | None = None
    resume: bool = False
    """Whether a replay goes on where it stood, as after a loss of its engine, instead of beginning anew."""

    @property
    def where(self) -> Home:
        """The home these options mean."""
        base = home(self.home)
        return base.sub(self.sub_home) if self.sub_home else base
