"""Settings: frozen, documented field by field, unknown keys refused with the nearest known one named.

They come from `config.toml`, then from the command line. The file that the first run writes is made from the
descriptions here, every key in it commented out, so that what it says is what holds.
"""

import math
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from engine.errors import BadRequest, ConfigError
from engine.home import Options

SOURCES = ("yahoo", "krx", "files:DIR", "replay", "replay:DIR")


class SourceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[source] Where prices come from."""

    name: Annotated[str, Meta(description="yahoo, krx, files:DIR, replay (the bundled sample) or replay:DIR")] = "yahoo"
    poll_minutes: Annotated[float, Meta(ge=1, description="minutes between two looks for new bars")] = 15.0
    history_years: Annotated[
        int, Meta(ge=1, le=60, description="years fetched of a symbol seen for the first time")
    ] = 10
    at_once: Annotated[int, Meta(ge=1, le=32, description="requests under way at the same time")] = 8
    requests_an_hour: Annotated[int, Meta(ge=10, le=100_000, description="Yahoo: requests an hour, at most")] = 1800
    stream: Annotated[bool, Meta(description="Yahoo: live quotes by stream")] = True
    quote_seconds: Annotated[
        float, Meta(ge=15, description="seconds between two polls for quotes while the stream is silent")
    ] = 60.0
    krx_url: Annotated[
        str, Meta(pattern="^https?://", description="KRX OPEN API; its key is WHIPSAW_KRX_KEY, or in the keyring")
    ] = "https://data-dbg.krx.co.kr/svc/apis/sto"
    krx_requests_a_day: Annotated[int, Meta(ge=1, le=10_000, description="KRX: requests a day, at most")] = 10_000


class EngineSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[engine] The background process."""

    linger: Annotated[
        float | Literal["forever"],
        Meta(description='minutes it lives on after the last screen has left; "forever" for a server, 0 for scripts'),
    ] = 15.0

    @property
    def linger_seconds(self) -> float:
        """The same in seconds; infinite for forever."""
        return math.inf if self.linger == "forever" else 60 * self.linger


class ScreenSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[screen] The terminal."""

    rate: Annotated[float, Meta(gt=0, le=20, description="updates a second, at most")] = 1.0
    theme: Annotated[
        str,
        Meta(
            pattern="^(auto|whipsaw-(dark|light|contrast|safe))$",
            description="whipsaw-dark, whipsaw-light, whipsaw-contrast (high contrast), whipsaw-safe (for the "
            "colour-blind); auto goes by the terminal's ground where it tells it",
        ),
    ] = "auto"
    glyphs: Annotated[
        Literal["auto", "unicode", "ascii"],
        Meta(
            description="unicode or ascii; auto is ascii on the Linux console, without UTF-8 and with --low-bandwidth"
        ),
    ] = "auto"
    red_up: Annotated[
        bool | Literal["offer"],
        Meta(description='rising prices in red, falling ones in blue; "offer" says on a Korean list that this exists'),
    ] = "offer"


class MoneySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[money] Holdings."""

    currency: Annotated[
        str, Meta(pattern="^([A-Z]{3})?$", description="the account's currency where a list names none")
    ] = ""


class ModelSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[model] The LSTM."""

    preset: Annotated[
        str,
        Meta(
            pattern="^(pooled|article)$",
            description="pooled: one network for all tickers, which forecasts 1, 5 and 10 sessions; "
            "article: one LSTM a ticker on scaled closes",
        ),
    ] = "pooled"
    max_rows: Annotated[
        int, Meta(ge=120, description="article: newest sessions a model is trained on; pooled takes them all")
    ] = 756
    units: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=1024)], ...],
        Meta(max_length=8, description="sizes of the layers, the first one first; empty: what suits the preset"),
    ] = ()
    window: Annotated[int, Meta(ge=0, le=250, description="sessions that a forecast looks back on; 0 as above")] = 0
    activation: Annotated[
        str, Meta(pattern="^(tanh|relu|sigmoid)?$", description="of the layers: tanh, relu or sigmoid; empty as above")
    ] = ""
    epochs: Annotated[int, Meta(ge=0, le=1000, description="passes over the training rows, at most; 0 as above")] = 0
    batch: Annotated[int, Meta(ge=0, le=4096, description="windows a training step; 0 as above")] = 0
    learning_rate: Annotated[float, Meta(ge=0, lt=1, description="of Adam; 0 as above")] = 0.0
    seed: Annotated[int, Meta(ge=0, description="training is deterministic under it")] = 7
    retrain_every: Annotated[int, Meta(ge=1, description="sessions after which a new model is trained, live")] = 20
    replay_retrain_every: Annotated[int, Meta(ge=1, description="the same while history is replayed")] = 252
    expires: Annotated[int, Meta(ge=1, description="sessions after which a model gives no forecast any more")] = 60
    warm: Annotated[bool, Meta(description="whether a scheduled training starts from the weights in charge")] = True
    keep_warm: Annotated[float, Meta(ge=0, description="seconds the trainer process is kept after its last job")] = (
        300.0
    )


class TrainerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[trainer] Where models are trained."""

    cluster: Annotated[
        str,
        Meta(
            pattern=r"^((tcp|tls)://[^/\s:]+:\d+)?$",
            description='a Dask scheduler, as "tcp://host:8786" (extra cluster); empty: on this machine',
        ),
    ] = ""


class AlarmSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[alarms] The false-alarm budget."""

    budget: Annotated[float, Meta(gt=0, le=50, description="episodes a ticker and year, all kinds together")] = 2.0
    alerts: Annotated[float, Meta(ge=0, le=50, description="how many of these may be of tier alert")] = 0.5


class ReplaySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """[replay] History played as if live."""

    start: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description="first session shown")] = "2008-06-02"
    speed: Annotated[float, Meta(gt=0, le=1000, description="sessions a second")] = 2.0


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a home."""

    watchlist: Annotated[str, Meta(description="the list that is watched when none is named")] = "us-megacaps"
    source: SourceSettings = SourceSettings()
    engine: EngineSettings = EngineSettings()
    screen: ScreenSettings = ScreenSettings()
    money: MoneySettings = MoneySettings()
    model: ModelSettings = ModelSettings()
    trainer: TrainerSettings = TrainerSettings()
    alarms: AlarmSettings = AlarmSettings()
    replay: ReplaySettings = ReplaySettings()


def load(path: Path, overrides: tuple[str, ...] = ()) -> Settings:
    """The settings of a file, with `key=value` overrides (`replay.speed=20`) on top; a missing file gives the defaults.

    Raises ConfigError with file, line, key, what was received and what is allowed.
    """
    text = _read(path)
    import tomllib  # noqa: PLC0415 - nothing here may hold up the first paint

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", do="correct the file, or move it away") from error
    for override in overrides:
        _set(tree, override)
    try:
        return msgspec.convert(tree, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise _explained(error, path, text, tree) from error


def settings_of(options: Options) -> Settings:
    """The settings these options give: the home's file, or that of --config, then what stands on the command line."""
    where = options.where
    if options.config is None:
        write_first(where.config_file)
    source = () if options.source is None else (f"source.name={msgspec.json.encode(options.source).decode()}",)
    return load(options.config or where.config_file, (*source, *options.overrides))


def screen_settings(options: Options) -> ScreenSettings:
    """What the screen needs before its first paint: from the file alone, for the engine reads the rest and writes it.

    Raises ConfigError.
    """
    path = options.config or options.where.config_file
    return load(path).screen if path.exists() else ScreenSettings()


def commented() -> str:
    """The text of a fresh config.toml: every key with its meaning and its default, commented out."""
    lines = [
        "# Whipsaw's settings. A line without its # is in force; `whipsaw config check` says what is wrong.",
        "# Days on which an exchange differs from its record go into calendars.toml: `whipsaw config show`.",
        "",
    ]
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.default, Struct):
            lines += ["", f"# {(type(field.default).__doc__ or '').split('] ', 1)[-1]}", f"[{field.name}]"]
            lines += [line for inner in msgspec.structs.fields(type(field.default)) for line in _documented(inner)]
        else:
            lines += _documented(field)
    return "\n".join(lines) + "\n"


def write_first(path: Path) -> None:
    """Write the commented file if there is none; a folder that cannot be written is no reason to stop."""
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commented(), encoding="utf-8")
        except OSError:
            return


def _documented(field: msgspec.structs.FieldInfo) -> list[str]:
    meta = field.type.__metadata__[0]
    value = msgspec.json.encode(field.default).decode()
    return [f"# {meta.description}", f"#{field.name} = {value}"]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _set(tree: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals:
        raise BadRequest("a setting is given as key=value", received=override, do="for example replay.speed=20")
    import tomllib  # noqa: PLC0415

    *sections, name = key.split(".")
    for section in sections:
        inner: Any = tree.setdefault(section, {})
        if not isinstance(inner, dict):
            return  # the file says something else there: that is found, and said, when the whole is read
        tree = inner
    try:
        tree[name] = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        tree[name] = value


def _explained(error: msgspec.ValidationError, path: Path, text: str, tree: dict[str, Any]) -> ConfigError:
    import difflib  # noqa: PLC0415
    import re  # noqa: PLC0415

    words = str(error)
    unknown = re.search(r"unknown field `([^`]+)`", words)
    section = match.group(1) if (match := re.search(r"\$\.([\w.]+)", words)) else ""
    if unknown:
        name = unknown.group(1)
        near = difflib.get_close_matches(name, _known(section), 1, cutoff=0.4)
        suggestion = f"the nearest known key is {near[0]}" if near else f"known: {', '.join(_known(section))}"
        return ConfigError(
            f"{_place(path, text, name)} unknown key {_dotted(section, name)}", received=name, do=suggestion
        )
    name = section.rsplit(".", 1)[-1]
    reason = words.partition(" - at")[0]
    return ConfigError(f"{_place(path, text, name)} {section}: {reason}", received=_received(tree, section))


def _known(section: str) -> list[str]:
    for field in msgspec.structs.fields(Settings):
        if field.name == section and isinstance(field.default, Struct):
            return [inner.name for inner in msgspec.structs.fields(type(field.default))]
    return [field.name for field in msgspec.structs.fields(Settings)]


def _dotted(section: str, name: str) -> str:
    return f"{section}.{name}" if section else name


def _place(path: Path, text: str, name: str) -> str:
    import re  # noqa: PLC0415

    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[?{re.escape(name)}\b", line):
            return f"{path}, line {number}:"
    return f"{path}:" if text else "command line:"


def _received(tree: dict[str, Any], section: str) -> str | None:
    value: Any = tree
    for name in section.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return None if value is None else repr(value)
