"""The parameters of a GARCH(1,1)-t from `arch`: work for the trainer process, and how it travels there and back."""

import math
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from engine.core.bars import FloatArray
from engine.core.evaluation.garch import SCALE, Garch
from engine.core.forecast import TAUS
from engine.errors import DataError

LEAST_ROWS = 250
_PARAMETERS = ("mu", "omega", "alpha", "beta", "start")

Arrays = Mapping[str, npt.NDArray[Any]]


def fit(returns: FloatArray) -> Garch | None:
    """The maximum-likelihood parameters of returns (T,), NaN left out; on one machine the same bits in every process.

    None where there are fewer than 250, or they never change, or the search does not end.
    """
    from arch import arch_model  # noqa: PLC0415 - a second or two, and pandas with it

    known = SCALE * returns[np.isfinite(returns)]
    if len(known) < LEAST_ROWS or not known.std() > 0:
        return None
    model = arch_model(known, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
    # The products in the search round otherwise on two threads than on one, and where the likelihood is flat it then
    # ends elsewhere; how many there are depends on who set OPENBLAS_NUM_THREADS before scipy was first loaded.
    with _libraries().limit(limits=1, user_api="blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is seen in its flag
        result = model.fit(disp="off", show_warning=False)
    mu, omega, alpha, beta, degrees = (float(value) for value in result.params)
    if result.convergence_flag != 0 or not all(map(math.isfinite, (mu, omega, alpha, beta, degrees))):
        return None
    quantiles = np.asarray(model.distribution.ppf(np.array(TAUS), np.array([degrees])))
    return Garch(mu, omega, alpha, beta, float(known.var()), tuple(quantiles.tolist()))


@cache
def _libraries() -> ThreadpoolController:
    """What computes products in this process, once arch is loaded; looking for it takes as long as a short fit."""
    return ThreadpoolController()


def packed(returns: Sequence[FloatArray]) -> dict[str, npt.NDArray[Any]]:
    """Series of returns of any lengths, flat, by name, as for an .npz."""
    return {"returns": np.concatenate([np.empty(0), *returns]), "rows": np.array([len(one) for one in returns], int)}


def fitted(arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """The parameters of each series that `packed` gave: models (K, 10), NaN where there is none. Raises DataError."""
    if set(arrays) != {"returns", "rows"} or arrays["rows"].sum() != len(arrays["returns"]):
        raise DataError("Not the returns of a list", received=", ".join(sorted(arrays)))
    models = [fit(one) for one in np.split(arrays["returns"], np.cumsum(arrays["rows"])[:-1]) if len(arrays["rows"])]
    rows = [_row(model) for model in models]
    return {"models": np.array(rows).reshape(-1, len(_PARAMETERS) + len(TAUS))}


def unpacked(arrays: Arrays) -> tuple[Garch | None, ...]:
    """The models that `fitted` gave. Raises DataError."""
    models = arrays.get("models")
    if models is None or models.ndim != 2 or models.shape[1] != len(_PARAMETERS) + len(TAUS):
        raise DataError("Not GARCH models", received=", ".join(sorted(arrays)))
    return tuple(_model(row) if np.isfinite(row).all() else None for row in models)


def _model(row: FloatArray) -> Garch:
    mu, omega, alpha, beta, start, *quantiles = row.tolist()
    return Garch(mu, omega, alpha, beta, start, tuple(quantiles))


def _row(model: Garch | None) -> list[float]:
    if model is None:
        return [math.nan] * (len(_PARAMETERS) + len(TAUS))
    return [*(getattr(model, name) for name in _PARAMETERS), *model.quantiles]
