import numpy as np
import pytest

from engine.core.forecast import TAUS
from engine.core.slopes import slopes, stretched

ROWS = 4_000


def world(slope, seed=0):
    """Values whose spread is exp(slope * z), z one of three inputs."""
    random = np.random.default_rng(seed)
    z = random.normal(size=(ROWS, 3))
    y = random.normal(size=(ROWS, 1)) * np.exp(slope * z[:, :1])
    return z, y, np.quantile(y, TAUS, axis=0).T


@pytest.mark.parametrize("slope", [-0.3, 0.3])
def test_the_input_that_stretches_is_found_and_shrunk(slope):
    w = slopes(*world(slope))[:, 0]
    assert 0.5 < w[0] / slope < 1
    np.testing.assert_allclose(w[1:], 0, atol=0.05)


def test_of_noise_next_to_nothing_is_learnt():
    np.testing.assert_allclose(slopes(*world(0.0)), 0, atol=0.05)


def test_stretching_lowers_the_pinball_loss_of_rows_that_were_not_seen():
    w = slopes(*world(0.3))
    z, y, base = world(0.3, seed=1)
    errors = [y - quantiles for quantiles in (stretched(z, w, base)[:, 0], base)]
    learnt, plain = (np.maximum(np.array(TAUS) * error, (np.array(TAUS) - 1) * error).mean() for error in errors)
    assert learnt < 0.98 * plain


def test_targets_that_are_not_known_are_left_out():
    z, y, base = world(0.3)
    holes = np.where(np.arange(ROWS)[:, None] % 2 == 0, np.nan, y)
    np.testing.assert_allclose(slopes(z, holes, base), slopes(z[1::2], y[1::2], base), atol=1e-12)


def test_more_rows_than_are_needed_are_thinned_evenly():
    z, y, base = (np.repeat(part, 12, axis=0) if len(part) == ROWS else part for part in world(0.3))
    assert len(z) > 40_000
    np.testing.assert_array_equal(slopes(z, y, base), slopes(z[::2], y[::2], base))


def test_from_the_slopes_of_fewer_rows_on_it_comes_to_those_of_all():
    z, y, base = world(0.3)
    fewer, whole = slopes(z[:3_000], y[:3_000], base), slopes(z, y, base)
    np.testing.assert_allclose(slopes(z, y, base, fewer), whole, atol=0.001)
    assert np.abs(fewer - whole).max() > 0.003


def test_the_slopes_to_start_from_are_left_as_they_are():
    z, y, base = world(0.3)
    start = np.zeros((3, 1))
    slopes(z, y, base, start)
    assert (start == 0).all()


def test_no_row_is_stretched_more_than_threefold():
    base = np.array([[-2.0, -1, 0, 1, 2]])
    np.testing.assert_allclose(stretched(np.array([[100.0]]), np.array([[1.0]]), base)[0], 3 * base)
