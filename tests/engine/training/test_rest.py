import numpy as np

from engine.training.rest import Rest


def kept(rest, *losses):
    return rest.note(np.array(losses, np.float32)).tolist()


def test_a_member_rests_after_as_many_epochs_without_a_better_loss_and_the_others_go_on():
    rest = Rest(2, patience=2)
    for losses, awake in (((3, 3), 2), ((3, 2), 2), ((4, 1), 1), ((np.nan, 0.5), 1)):
        kept(rest, *losses)
        assert rest.awake.sum() == awake
    assert rest.awake.tolist() == [False, True]


def test_only_weights_that_were_never_better_are_kept():
    rest = Rest(2, patience=5)
    assert [kept(rest, 3, 3), kept(rest, 2, 4), kept(rest, 2, 1)] == [[True, True], [True, False], [False, True]]


def test_a_member_that_rests_keeps_nothing_more():
    rest = Rest(1, patience=1)
    kept(rest, 1)
    kept(rest, 2)
    assert kept(rest, np.nan) == [False]


def test_without_patience_nobody_rests_and_the_last_weights_are_kept():
    rest = Rest(1, patience=0)
    assert [kept(rest, loss) for loss in (1, 2, 3)] == [[True]] * 3
    assert rest.awake.all()


def test_a_member_without_validation_rows_never_rests_and_keeps_its_last_weights():
    rest = Rest(1, patience=1)
    assert [kept(rest, np.nan) for _ in range(3)] == [[True]] * 3
    assert rest.awake.all()
