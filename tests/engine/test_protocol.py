"""What is said on the wire, and that two ends agree on what changed."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from engine.format import plain
from engine.protocol import (
    VERSION,
    Alarm,
    Changed,
    Job,
    Request,
    Row,
    Scan,
    Status,
    View,
    Watchlist,
    apply,
    decode,
    difference,
    encode,
)

STATUS = Status("0", 1, "/home", "replay", 0.0)

rows = st.builds(
    Row,
    symbol=st.sampled_from(["A", "B", "C", "D"]),
    close=st.none() | st.floats(0.1, 1e6),
    spark=st.lists(st.floats(0.1, 1e6), max_size=4).map(tuple),
    session=st.none() | st.dates(),
    tier=st.sampled_from([None, "watch", "alert"]),
    why=st.none() | st.text(max_size=5),
)
alarms = st.builds(
    Alarm,
    id=st.integers(1, 5),
    symbol=st.just("A"),
    kind=st.just("volatility_shock"),
    tier=st.sampled_from(["watch", "alert"]),
    direction=st.just("up"),
    opened=st.just(date(2008, 9, 15)),
    closed=st.none(),
    p=st.floats(0, 1),
    rarity_days=st.just(90.0),
    rarer=st.booleans(),
    words=st.text(max_size=5),
    evidence=st.just({"ratio": 2.0}),
    state=st.sampled_from(["open", "acknowledged"]),
)
jobs = st.builds(
    Job,
    id=st.integers(1, 5),
    kind=st.just("train"),
    title=st.just("t"),
    state=st.just("running"),
    epoch=st.integers(0, 9),
)


def newest_first(items):
    return tuple(sorted({item.id: item for item in items}.values(), key=lambda item: item.id, reverse=True))


views = st.builds(
    View,
    status=st.builds(lambda screens: msgspec.structs.replace(STATUS, screens=screens), st.integers(0, 3)),
    watchlist=st.builds(Watchlist, st.sampled_from(["a", "b"]), st.just("A"), st.just(("a", "b"))),
    rows=st.lists(rows, max_size=4, unique_by=lambda row: row.symbol).map(tuple),
    alarms=st.lists(alarms, max_size=4).map(newest_first),
    jobs=st.lists(jobs, max_size=4).map(newest_first),
)


@given(views, views)
def test_a_view_and_what_changed_give_the_next_view(before, after):
    changed = difference(before, after)
    if changed is None:
        assert before == after
    else:
        assert apply(before, decode(encode(changed))) == after


@given(views)
def test_nothing_is_said_when_nothing_changed(view):
    assert difference(view, view) is None


def test_only_the_changed_fields_of_changed_rows_are_said():
    before = View(STATUS, Watchlist("a", "A", ("a",)), (Row("A", close=1.0, name="Apple"), Row("B", close=2.0)))
    after = msgspec.structs.replace(before, rows=(Row("A", close=1.5, name="Apple"), Row("B", close=2.0)))
    assert difference(before, after) == Changed(rows={"A": {"close": 1.5}})


def test_a_command_carries_its_version():
    assert msgspec.json.decode(encode(Request(3, Scan(as_of=date(2008, 9, 15)))))["version"] == VERSION


@given(st.text())
def test_no_control_character_passes_from_outside_to_a_terminal(text):
    assert plain(text).isprintable()
