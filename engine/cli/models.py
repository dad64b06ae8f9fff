"""Models: trained, tuned, evaluated, listed, rolled back."""

from argparse import Namespace

from engine import tuning_words
from engine.cli.connection import carried_out, symbols
from engine.cli.output import tell, to_stderr
from engine.protocol import Evaluate, GetModels, Progress, RollBack, Train, Tune, TuneProgress


async def train(given: Namespace) -> int:
    """Train a model."""
    command = Train(symbols(given), given.watchlist, given.preset, given.start, given.end)
    tell(given, await carried_out(given, command))
    return 0


async def models(given: Namespace) -> int:
    """List the models, or go back to the one before."""
    roll_back = given.what == "rollback"
    command = RollBack(given.model, (), given.watchlist) if roll_back else GetModels(watchlist=given.watchlist)
    tell(given, await carried_out(given, command))
    return 0


async def evaluate(given: Namespace) -> int:
    """Walk a preset forward through history, beside the baselines."""
    command = Evaluate(
        symbols=symbols(given),
        watchlist=given.watchlist,
        preset=given.preset,
        start=given.start,
        end=given.end,
        refit=given.refit,
        train=given.train,
        folds=given.folds,
    )
    tell(given, await carried_out(given, command))
    return 0


async def tune(given: Namespace) -> int:
    """Try settings, and train under the best: a table of trials, then the model."""
    headed = given.json

    def hear(item: Progress) -> None:
        nonlocal headed
        if isinstance(item, TuneProgress):
            if not headed:
                print(tuning_words.HEAD)
            headed = True
            tell(given, item)
        else:
            to_stderr(item)

    command = Tune(symbols(given), given.watchlist, given.preset, given.trials, given.reset)
    tell(given, await carried_out(given, command, hear))
    return 0
