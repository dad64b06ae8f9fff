"""Small training jobs: random walks, to be continued by their own last step."""

import numpy as np

from engine.core.fitting import FitJob, Hyper, stacked
from engine.core.tuning import Space, Study


def job(rows=(40, 25, 33), rows_val=(8, 5, 0), length=6, features=1, shared=None, **settings):
    """A job of so many windows a member; `shared` members learn from one series."""
    draw = np.random.default_rng(5)
    longest = length + max(map(sum, zip(rows, rows_val, strict=True)))
    x = draw.normal(0, 0.2, (len(rows), longest, features)).cumsum(axis=1).astype(np.float32)
    y = np.concatenate([x[:, 1:, :1], np.full((len(rows), 1, 1), np.nan, np.float32)], axis=1)
    first = length - 1
    return FitJob(
        x=x,
        y=y,
        train=stacked([np.arange(first, first + count) for count in rows]),
        rows_train=np.array(rows),
        val=stacked([np.arange(first + one, first + one + other) for one, other in zip(rows, rows_val, strict=True)]),
        rows_val=np.array(rows_val),
        seeds=np.arange(shared or len(rows)),
        hyper=Hyper(**{"units": (6, 5), "window": length, "epochs": 3, "batch": 16} | settings),
    )


def windows(of, member, ends):
    """(N, T, F) a member's windows that end at these rows."""
    return of.x[of.series(member)][np.asarray(ends)[:, None] + np.arange(1 - of.hyper.window, 1)]


def targets(of, member, ends):
    """(N, out) what these windows are to be continued by."""
    return of.y[of.series(member)][ends]


def same(one, other):
    """Whether two banks have the same bits."""
    return all(np.array_equal(array, other.to_arrays()[name]) for name, array in one.to_arrays().items())


def study(storage="unused", trials=3, reset=False, **settings):
    """Trials of a small space around small settings."""
    hyper = Hyper(**{"units": (4,), "window": 4, "epochs": 2, "batch": 16, "seed": 5} | settings)
    choices = {
        "layers": (1, 2),
        "units": (3, 4),
        "window": (2, 4, 6),
        "activation": ("tanh", "relu"),
        "batch": (8, 16),
        "epochs": (2, 3),
    }
    return Study("small", str(storage), trials, hyper, Space(choices, (1e-4, 1e-1)), reset)
