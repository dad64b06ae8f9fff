"""A study of settings for a person: a line a trial, and what it came to."""

from engine import format as fmt
from engine.protocol import TriedSettings, Tuned, TuneProgress

HEAD = (
    f"{'trial':>10}  {'loss':>9}  {'best':>9}  {'units':<12}{'window':>6}  {'activation':<10}  "
    f"{'batch':>5}  {'epochs':>6}  {'rate':>8}"
)


def trial(item: TuneProgress) -> str:
    """One line of the table that `HEAD` begins; a trial that was given up says why."""
    tried = item.settings
    place = f"{item.trial} of {item.trials}"
    ended = "" if item.state == "done" else f"  {item.state}"
    reached = f"{place:>10}  {_loss(item.value):>9}  {_loss(item.best):>9}"
    built = f"{_sizes(tried):<12}{tried.window:>6}  {tried.activation:<10}"
    return f"{reached}  {built}  {tried.batch:>5}  {tried.epochs:>6}  {tried.learning_rate:>8.2g}{ended}"


def tuned(item: Tuned) -> str:
    """What the study came to, and how to go on with it."""
    chosen, before = item.settings, item.value_before
    beside = "" if before is None else f" (with the settings in use: {_loss(before)})"
    head = f"best of {item.trials} trials: a validation loss of {_loss(item.value)}{beside}"
    if before is not None and item.value >= before:
        return f"{head}\nNothing better than the settings in use was found."
    return "\n".join(
        (
            head,
            "It was chosen by that loss, which flatters it. To train so from now on, write into config.toml:",
            "[model]",
            f"units = [{', '.join(map(str, chosen.units))}]",
            f"window = {chosen.window}",
            f'activation = "{chosen.activation}"',
            f"batch = {chosen.batch}",
            f"epochs = {chosen.epochs}",
            f"learning_rate = {chosen.learning_rate:.4g}",
        )
    )


def _sizes(tried: TriedSettings) -> str:
    return " ".join(map(str, tried.units))


def _loss(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.5g}"
