"""The bank against Keras itself, and against itself in other company."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from engine.core.forecast import TAUS, heads
from engine.core.lstm import ACTIVATIONS, Layer, Weights, forward
from engine.errors import TrainingError
from engine.training.order import shuffled
from engine.training.start import initial_weights
from tests.engine.training.jobs import job, same, targets, windows


@pytest.fixture(scope="module")
def keras():
    """Keras on a TensorFlow that is set up as the trainer sets it up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own, while it loads
        import keras

        from engine.training.bank import configure

        configure()
        keras.utils.set_random_seed(1)
        yield keras


@pytest.fixture(scope="module")
def train(keras):
    from engine.training import bank

    return lambda job, shuffle=None: bank.train(job, lambda _: None, shuffle)


@pytest.fixture(scope="module")
def trained(train):
    return train(job())


def keras_model(keras, weights, length):
    """One member's network in Keras, with these weights."""
    depth = len(weights.layers)
    model = keras.Sequential([keras.layers.Input((length, weights.inputs))])
    for number, units in enumerate(weights.units, start=1):
        # unrolled, for run eagerly a loop costs more than its steps
        model.add(keras.layers.LSTM(units, weights.activation, return_sequences=number < depth, unroll=True))
    model.add(keras.layers.Dense(weights.outputs))
    arrays = [part[0] for one in weights.layers for part in (one.kernel, one.recurrent, one.bias)]
    model.set_weights([*arrays, weights.head_kernel[0], weights.head_bias[0]])
    return model


def bank_of(model):
    *arrays, head_kernel, head_bias = (array[None] for array in model.get_weights())
    layers = tuple(Layer(*arrays[at : at + 3]) for at in range(0, len(arrays), 3))
    return Weights(layers, head_kernel, head_bias, model.layers[0].activation.__name__)


NETWORKS = [((7,), 1, "tanh"), ((50, 50), 1, "tanh"), ((8, 6, 4), 3, "relu"), ((50, 50), 2, "sigmoid")]


@pytest.mark.parametrize(("units", "features", "activation"), NETWORKS)
def test_the_numpy_forward_pass_gives_keras_s_own_output(keras, units, features, activation):
    one = job(rows=(20, 20), rows_val=(2, 2), length=30, features=features, units=units, activation=activation)
    weights = initial_weights(one)
    x = np.stack([windows(one, member, one.train[member]) for member in range(2)])
    output = forward(weights, x)
    for member in range(2):
        model = keras_model(keras, weights.member([member]), 30)
        np.testing.assert_allclose(output[member], model(x[member]).numpy(), atol=1e-5)


def keras_loss(name):
    """The loss of a bank, written for Keras: a value a row."""
    import tensorflow as tf

    from engine.training.losses import MEAN_WEIGHT

    def quantiles(targets, outputs):
        asked = tf.reshape(outputs[:, :-1], (-1, targets.shape[1], len(TAUS)))
        errors = targets[:, :, None] - asked
        taus = tf.constant(TAUS)
        pinball = tf.reduce_mean(tf.where(errors > 0, taus * errors, (taus - 1) * errors), axis=(1, 2))
        return pinball + MEAN_WEIGHT * tf.square(targets[:, 0] - outputs[:, -1])

    return {"mse": "mse", "quantiles": quantiles}[name]


def compiled(keras, one, member, start=None):
    """A member's network in Keras, about to train as the bank does."""
    model = keras_model(keras, (start or initial_weights(one)).member([member]), one.hyper.window)
    model.compile(keras.optimizers.Adam(one.hyper.learning_rate), keras_loss(one.hyper.loss), run_eagerly=True)
    return model


def one_epoch(model, one, member, ends):
    """Keras's own steps over these windows in this order, and the mean of their losses."""
    total = 0.0
    for at in range(0, len(ends), one.hyper.batch):
        few = ends[at : at + one.hyper.batch]
        total += len(few) * float(model.train_on_batch(windows(one, member, few), targets(one, member, few)))
    return total / len(ends)


def require_close(one, other, tolerance):
    assert one.activation == other.activation
    for ours, theirs in zip(one.layers, other.layers, strict=True):
        for part in ("kernel", "recurrent", "bias"):
            np.testing.assert_allclose(getattr(ours, part), getattr(theirs, part), atol=tolerance)
    np.testing.assert_allclose(one.head_kernel, other.head_kernel, atol=tolerance)
    np.testing.assert_allclose(one.head_bias, other.head_bias, atol=tolerance)


JOBS = {
    "each on its own rows": {},
    "quantiles": {"loss": "quantiles"},
    "an ensemble": {"rows": (30,), "rows_val": (6,), "shared": 2},
    "an ensemble of quantiles": {"rows": (30,), "rows_val": (6,), "shared": 2, "loss": "quantiles", "features": 3},
    "some of the rows": {"epoch_rows": 20},
    "relu": {"activation": "relu"},
    "sigmoid": {"activation": "sigmoid", "units": (7,)},
}


@pytest.mark.parametrize("settings", JOBS.values(), ids=JOBS.keys())
def test_a_bank_learns_what_keras_models_one_after_another_learn(keras, train, settings):
    one = job(**settings)
    trained, order = train(one), shuffled(one)
    for member in (0, 1):
        model = compiled(keras, one, member)
        for epoch in trained.history:
            loss = one_epoch(model, one, member, order(member, epoch.epoch))
            assert epoch.loss[member] == pytest.approx(loss, rel=1e-3)
        require_close(trained.weights.member([member]), bank_of(model), 1e-4)


@pytest.mark.parametrize("loss", ["mse", "quantiles"])
def test_a_warm_start_goes_on_where_keras_would(keras, train, loss):
    start = train(job(loss=loss)).weights
    one = replace(job(loss=loss, epochs=2, learning_rate=3e-4, seed=4), start=start)
    trained, model = train(one), compiled(keras, one, 1, start)
    for epoch in trained.history:
        ends = shuffled(one)(1, epoch.epoch)
        assert epoch.loss[1] == pytest.approx(one_epoch(model, one, 1, ends), rel=1e-3)


RESTLESS = {"epochs": 12, "patience": 2, "learning_rate": 0.03}


def test_a_member_stops_where_keras_would_and_comes_back_at_its_best(keras, train):
    one = job(**RESTLESS)
    trained, member = train(one), 1
    model, ends = compiled(keras, one, member), one.val[member, : one.rows_val[member]]
    stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    stop.set_model(model)
    stop.on_train_begin()
    for epoch in range(12):
        one_epoch(model, one, member, shuffled(one)(member, epoch + 1))
        loss = model.evaluate(windows(one, member, ends), targets(one, member, ends), verbose=0)
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    stop.on_train_end()
    assert 2 < trained.epochs[member] == epoch + 1 < 12
    assert trained.best_epochs[member] == stop.best_epoch + 1
    require_close(trained.weights.member([member]), bank_of(model), 1e-3)


def test_members_that_rest_leave_the_others_as_they_would_be(train):
    resting, alone = train(job(**RESTLESS)), train(job(**RESTLESS | {"patience": 0}))
    assert resting.epochs[0] < 12
    assert resting.epochs[2] == 12  # it has no validation rows
    assert same(resting.weights.member([2]), alone.weights.member([2]))
    np.testing.assert_array_equal(resting.history[-1].loss[2:], alone.history[-1].loss[2:])


def test_a_bank_whose_members_all_rest_is_done(train):
    trained = train(job(rows_val=(8, 5, 7), **RESTLESS))
    assert len(trained.history) == trained.epochs.max() < 12


def plain_lstm(tf, bend, x, kernel, bias):
    hidden = cell = tf.zeros((x.shape[1], kernel.shape[1] // 4))
    outputs = []
    for step in x:
        i, f, g, o = tf.split(tf.matmul(tf.concat([step, hidden], axis=1), kernel) + bias, 4, axis=1)
        cell = tf.sigmoid(f) * cell + tf.sigmoid(i) * bend(g)
        hidden = tf.sigmoid(o) * bend(cell)
        outputs.append(hidden)
    return tf.stack(outputs)


@pytest.mark.parametrize("activation", ["fused", *ACTIVATIONS])
def test_a_layer_has_the_gradient_of_the_equations(keras, activation):
    import tensorflow as tf

    from engine.training.cell import layer
    from engine.training.network import fused

    draw = np.random.default_rng(3)
    inputs = [tf.constant(draw.normal(size=shape).astype(np.float32)) for shape in ((6, 4, 3), (8, 20), (20,))]
    weights, found = draw.normal(size=(6, 4, 5)).astype(np.float32), []
    bend = keras.activations.get("tanh" if activation == "fused" else activation)
    for function in (
        fused if activation == "fused" else layer(activation),
        lambda *given: plain_lstm(tf, bend, *given),
    ):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(function(*inputs) * weights)
        found.append([total, *tape.gradient(total, inputs)])
    for ours, plain in zip(*found, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-5, atol=1e-5)


def test_the_validation_loss_is_the_numpy_forward_pass_s_own(trained):
    one = job()
    for member, rows in enumerate(one.rows_val[:2]):
        ends = one.val[member, :rows]
        output = forward(trained.weights.member([member]), windows(one, member, ends)[None])[0]
        expected = ((output - targets(one, member, ends)) ** 2).mean()
        assert trained.history[-1].val_loss[member] == pytest.approx(expected, rel=1e-4)


def test_a_member_without_validation_rows_has_no_validation_loss(trained):
    assert [np.isnan(epoch.val_loss).tolist() for epoch in trained.history] == [[False, False, True]] * 3


def test_the_padding_does_not_matter(train, trained):
    one = job()
    x, y, rows = one.x.copy(), one.y.copy(), one.train.copy()
    x[1, 40:], y[1, 40:], rows[1, 25:] = np.nan, np.inf, 45
    assert same(train(replace(one, x=x, y=y, train=rows)).weights, trained.weights)


def test_a_member_learns_the_same_alone(train, trained):
    one = job()
    blocks = {name: getattr(one, name)[1:2] for name in ("x", "y", "train", "rows_train", "val", "rows_val", "seeds")}
    alone = train(replace(one, **blocks))
    assert same(alone.weights, trained.weights.member([1]))


@pytest.mark.parametrize("processors", [1, 3])
def test_the_number_of_processors_changes_no_bit(train, trained, monkeypatch, processors):
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    assert same(train(job()).weights, trained.weights)


def test_an_epoch_in_pieces_is_the_same_epoch(train, trained, monkeypatch):
    monkeypatch.setattr("engine.training.member.PIECE", 1)
    assert same(train(job()).weights, trained.weights)


def test_members_of_an_ensemble_learn_from_one_series_as_from_copies_of_it(train):
    ensemble = job(rows=(30,), rows_val=(6,), shared=3)
    blocks = {name: np.repeat(getattr(ensemble, name), 3, axis=0) for name in ("x", "y", "train", "val")}
    counts = {name: np.repeat(getattr(ensemble, name), 3) for name in ("rows_train", "rows_val")}
    apart, together = train(replace(ensemble, **blocks, **counts)), train(ensemble)
    assert same(together.weights, apart.weights)
    np.testing.assert_array_equal(together.history[-1].val_loss, apart.history[-1].val_loss)


def pinball(target, quantile, tau):
    return max(tau * (target - quantile), (tau - 1) * (target - quantile))


def test_the_loss_of_quantiles_is_the_pinball_loss_of_the_horizons_that_are_known(keras):
    from engine.training.losses import MEAN_WEIGHT, quantiles

    draw = np.random.default_rng(1)
    targets, predictions = draw.normal(size=(2, 3)), draw.normal(size=(2, heads(3)))
    targets[1, 2] = np.nan
    for row, known in ((0, (0, 1, 2)), (1, (0, 1))):
        by_horizon = [
            np.mean([pinball(targets[row, h], predictions[row, 5 * h + q], tau) for q, tau in enumerate(TAUS)])
            for h in known
        ]
        expected = np.mean(by_horizon) + MEAN_WEIGHT * (predictions[row, -1] - targets[row, 0]) ** 2
        assert quantiles(targets, predictions).numpy()[row] == pytest.approx(expected)


def test_another_seed_gives_another_bank(train, trained):
    assert not same(train(job(seed=1)).weights, trained.weights)


def test_a_training_that_diverges_says_so(train):
    with pytest.raises(TrainingError, match="diverged in epoch"):
        train(job(learning_rate=1e38))


def test_it_learns(trained):
    assert (trained.history[-1].loss < trained.history[0].loss).all()


def test_the_loss_of_scales_is_that_of_the_quantiles_it_stretches(keras):
    from engine.training.losses import quantiles, scales

    draw = np.random.default_rng(2)
    came, given, factors = (
        draw.normal(size=(6, 2)),
        np.sort(draw.normal(size=(6, 2, len(TAUS)))),
        draw.normal(size=(6, 2)),
    )
    came[3, 1] = np.nan
    mean = draw.normal(size=(6, 1))
    stretched = given * np.exp(factors)[..., None]
    expected = quantiles(came, np.concatenate((stretched.reshape(6, -1), mean), axis=1))
    told = scales(np.concatenate((came, given.reshape(6, -1)), axis=1), np.concatenate((factors, mean), axis=1))
    np.testing.assert_allclose(told.numpy(), expected.numpy(), rtol=1e-12)
