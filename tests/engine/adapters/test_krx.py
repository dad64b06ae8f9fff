"""KRX's own prices: one request a day and market, faults in words, the quota, splits by the shares listed."""

import json
import math
import ssl
import sys
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.adapters.calendars import ExchangeCalendars
from engine.adapters.krx import KrxSource, krx_key
from engine.adapters.krx.reply import NotData, Refusal, read
from engine.adapters.krx.splits import splits
from engine.adapters.krx.wire import Wire
from engine.core.bars import log_returns
from engine.core.sessions import Recorded
from engine.errors import ConfigError, EmptyHistory, SourceError, UnknownSymbol
from engine.ports import Calendar
from tests.krx import KEY, LocalKrx, local_krx, share

SEOUL = ZoneInfo("Asia/Seoul")
DAYS = [date(2024, 7, day) for day in (1, 2, 3, 4, 5, 8, 9, 10)]
EVENING = datetime(2024, 7, 10, 20, tzinfo=SEOUL).timestamp()


class Time:
    """A clock that stands until it is moved."""

    def __init__(self, now: float = EVENING) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def weekdays(exchange: str) -> Recorded:
    """Every weekday, nine to half past three in Seoul; the library's own take seconds to build."""
    every = np.arange("2018-01-01", "2025-01-01", dtype="datetime64[D]")
    days = every[np.is_busday(every)]
    midnight = days.astype("datetime64[s]").astype(np.float64) - 9 * 3600
    nothing = np.full(len(days), np.nan)
    return Recorded(days, np.stack([midnight + 9 * 3600, nothing, nothing, midnight + 15.5 * 3600], axis=1))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return ExchangeCalendars(record=weekdays)


@pytest.fixture
def krx() -> Iterator[LocalKrx]:
    """Eight sessions of two shares on KOSPI and one on KOSDAQ."""
    with local_krx() as server:
        for number, day in enumerate(DAYS):
            server.add(day, share("005930", 71_000 + 100 * number, name="삼성전자"), share("000660", 200_000))
            server.add(day, share("035720", 40_000), market="KQ")
        yield server


Make = Callable[..., KrxSource]


@pytest.fixture
def make(krx: LocalKrx, calendar: Calendar, tmp_path: Path) -> Iterator[Make]:
    """Sources over the local KRX that share a cache, as those of one home do one after the other."""
    made: list[KrxSource] = []

    def source(key: str | None = KEY, *, now: Time | None = None, a_day: int = 1000, gap: float = 0.0) -> KrxSource:
        made.append(
            KrxSource(
                key,
                base_url=krx.url,
                requests_a_day=a_day,
                cache_folder=tmp_path / "krx",
                calendar=calendar,
                now=now or Time(),
                gap=gap,
            )
        )
        return made[-1]

    yield source
    for each in made:
        each.close()


def fault(source: KrxSource, symbol: str = "005930.KS", start: date = DAYS[-1]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        source.history(symbol, start)
    return caught.value


# --- bars ---


def test_bars_are_as_traded_and_oldest_first(make: Make) -> None:
    read = make().history("005930.KS", DAYS[0])
    assert read.sessions.astype(object).tolist() == DAYS
    assert read.close.tolist() == [71_000 + 100 * number for number in range(8)]


def test_numbers_lose_their_commas(make: Make) -> None:
    read = make().history("005930.KS", DAYS[-1])
    assert [float(read.open[0]), float(read.high[0]), float(read.low[0]), float(read.volume[0])] == [
        70_983,
        72_417,
        70_266,
        1000,
    ]


def test_kosdaq_is_a_service_of_its_own(make: Make, krx: LocalKrx) -> None:
    assert make().history("035720.KQ", DAYS[-1]).close.tolist() == [40_000]
    assert krx.asked == [("ksq_bydd_trd", DAYS[-1], KEY)]


def test_an_isin_stands_for_its_short_code(make: Make, krx: LocalKrx) -> None:
    krx.add(DAYS[-1], share("KR7005930003", 70_000))
    assert make().history("005930.KS", DAYS[-1]).close.tolist() == [70_000]


def test_a_day_without_a_trade_has_a_close_alone(make: Make, krx: LocalKrx) -> None:
    krx.add(DAYS[-1], share("005930", 71_000, volume=0))
    read = make().history("005930.KS", DAYS[-1])
    assert (read.close[0], read.volume[0]) == (71_000, 0)
    assert np.isnan([read.open[0], read.high[0], read.low[0]]).all()


def test_the_name_is_known_once_a_day_is(make: Make) -> None:
    source = make()
    assert source.profile("005930.KS") is None
    source.history("005930.KS", DAYS[-1])
    profile = source.profile("005930.KS")
    assert profile is not None
    assert (profile.name, profile.currency, profile.kind) == ("삼성전자", "KRW", "equity")


def test_a_name_loses_control_characters(make: Make, krx: LocalKrx) -> None:
    krx.add(DAYS[-1], share("005930", 71_000, name="삼\x1b[31m성"))
    source = make()
    source.history("005930.KS", DAYS[-1])
    profile = source.profile("005930.KS")
    assert profile is not None
    assert profile.name.isprintable()


def test_a_session_that_has_not_closed_is_not_asked_for(make: Make, krx: LocalKrx) -> None:
    morning = Time(datetime(2024, 7, 10, 11, tzinfo=SEOUL).timestamp())
    assert make(now=morning).history("005930.KS", DAYS[-2]).last == DAYS[-2]
    assert DAYS[-1] not in krx.asked_days


def test_nothing_is_asked_for_a_start_in_the_future(make: Make, krx: LocalKrx) -> None:
    assert (len(make().history("005930.KS", date(2024, 7, 11))), krx.asked) == (0, [])


# --- what it costs ---


def test_fifty_symbols_cost_one_request_a_day_and_market(make: Make, krx: LocalKrx) -> None:
    for day in DAYS:
        krx.add(day, *(share(f"{number:06d}", 1000) for number in range(50)))
    source = make()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: source.history(f"{number:06d}.KS", DAYS[0]), range(50)))
    assert sorted(krx.asked_days) == DAYS


def test_the_newest_day_is_asked_for_first(make: Make, krx: LocalKrx) -> None:
    make().history("005930.KS", DAYS[0])
    assert krx.asked_days == DAYS[::-1]


def test_a_restart_asks_for_nothing_again(make: Make, krx: LocalKrx) -> None:
    before = make().history("005930.KS", DAYS[0])
    krx.asked.clear()
    after = make().history("005930.KS", DAYS[0])
    assert (krx.asked, after.close.tolist()) == ([], before.close.tolist())


def test_without_a_start_it_is_one_year_of_sessions(make: Make, krx: LocalKrx, calendar: Calendar) -> None:
    make().history("005930.KS")
    assert sorted(krx.asked_days) == list(calendar.between("XKRX", DAYS[-1] - timedelta(days=365), DAYS[-1]))


def test_a_broken_stretch_goes_on_where_it_stopped(make: Make, krx: LocalKrx) -> None:
    krx.faults[DAYS[3]] = "down"
    fault(make(), start=DAYS[0])
    krx.faults.clear()
    krx.asked.clear()
    assert make(now=Time(EVENING + 120)).history("005930.KS", DAYS[0]).first == DAYS[0]
    assert krx.asked_days == DAYS[3::-1]


def test_requests_keep_their_distance(make: Make, krx: LocalKrx, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    source = make(gap=100.0)
    monkeypatch.setattr(source._requests._stopped, "wait", waits.append)
    source.history("005930.KS", DAYS[-3])
    assert (waits[0], [round(wait) for wait in waits[1:]]) == (0.0, [100, 100])


def test_a_stopped_source_asks_for_nothing_more(make: Make, krx: LocalKrx) -> None:
    source = make()
    source._requests.stop()
    assert (fault(source).message, krx.asked) == ("the engine stops", [])


def test_a_request_that_hangs_keeps_nobody_waiting_once_the_source_is_closed(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "held"
    source = make()
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(source.history, "005930.KS", DAYS[-1])
        assert krx.was_asked.wait(10)
        source.close()
        with pytest.raises(SourceError, match="stopping"):
            asked.result(5)
    assert not krx.go.is_set()


# --- days without shares ---


def test_a_closed_day_is_remembered(make: Make, krx: LocalKrx) -> None:
    del krx.days["stk_bydd_trd", DAYS[2]]
    make().history("005930.KS", DAYS[0])
    krx.asked.clear()
    read = make().history("005930.KS", DAYS[0])
    assert (krx.asked, DAYS[2] in read.sessions.astype(object)) == ([], False)


def test_a_day_that_is_not_published_yet_is_asked_for_again_later(make: Make, krx: LocalKrx) -> None:
    rows = krx.days.pop(("stk_bydd_trd", DAYS[-1]))
    now = Time()
    source = make(now=now)
    lasts = []
    for seconds in (0, 60, 1800):
        now.now = EVENING + seconds
        lasts.append((source.history("005930.KS", DAYS[-2]).last, krx.asked_days.count(DAYS[-1])))
        krx.days["stk_bydd_trd", DAYS[-1]] = rows
    assert lasts == [(DAYS[-2], 1), (DAYS[-2], 1), (DAYS[-1], 2)]


def test_nothing_published_at_all_makes_no_symbol_unknown(make: Make, krx: LocalKrx) -> None:
    krx.days.clear()
    with pytest.raises(EmptyHistory, match=r"no bars of 005930\.KS from 2024-07-10"):
        make().history("005930.KS", DAYS[-1])


# --- symbols ---


def test_a_symbol_of_another_exchange_is_unknown_and_says_what_to_write(make: Make, krx: LocalKrx) -> None:
    with pytest.raises(UnknownSymbol, match=r"Korean shares only \(received: AAPL\)\. 005930\.KS is of KOSPI"):
        make().history("AAPL")
    assert krx.asked == []


def test_an_unlisted_code_is_unknown(make: Make) -> None:
    with pytest.raises(UnknownSymbol, match="KOSPI has no such share"):
        make().history("999999.KS", DAYS[-1])


def test_a_share_of_the_other_market_says_where_it_is(make: Make) -> None:
    source = make()
    source.history("035720.KQ", DAYS[-1])
    with pytest.raises(UnknownSymbol, match=r"listed on KOSDAQ: write 035720\.KQ"):
        source.history("035720.KS", DAYS[-1])


def test_a_share_that_is_no_longer_listed_is_not_unknown(make: Make, krx: LocalKrx) -> None:
    krx.add(DAYS[-1], share("000660", 200_000))
    source = make()
    source.history("005930.KS", DAYS[-2])
    with pytest.raises(EmptyHistory):
        source.history("005930.KS", DAYS[-1])


# --- faults ---


FAULTS = {
    "quota": ("limited", "KRX takes no more requests for now"),
    "too_many": ("limited", "KRX takes no more requests for now"),
    "not_applied": ("refused", "KRX does not accept the key"),
    "down": ("down", "KRX answered with an error"),
    "html": ("garbled", "KRX's answer was not data"),
    "other_json": ("garbled", "KRX's answer was not data"),
    "list": ("garbled", "KRX's answer was not data"),
    "bad_number": ("garbled", "KRX's answer was not data"),
    "infinite": ("garbled", "KRX's answer was not data"),
    "no_close": ("garbled", "KRX's answer was not data"),
    "other_day": ("garbled", "KRX's answer was not data"),
    "no_http": ("garbled", "KRX's answer was not data"),
    "cut": ("cut", "KRX's answer was cut short"),
    "reset": ("unreachable", "KRX cannot be reached"),
    "redirect": ("unsafe", "no safe connection to KRX"),
}


@pytest.mark.parametrize(("scripted", "expected"), FAULTS.items(), ids=FAULTS.keys())
def test_every_fault_is_one_error_in_words(make: Make, krx: LocalKrx, scripted: str, expected: tuple[str, str]) -> None:
    krx.faults[None] = scripted
    error = fault(make())
    assert (error.fault, error.message, bool(error.do)) == (*expected, True)
    assert str(error).isprintable()


@pytest.mark.parametrize("scripted", FAULTS)
def test_no_fault_leaves_anything_behind(make: Make, krx: LocalKrx, scripted: str) -> None:
    krx.faults[None] = scripted
    fault(make())
    krx.faults.clear()
    read = make(now=Time(EVENING + 7200)).history("005930.KS", DAYS[-1])
    assert read.close.tolist() == [71_700]


def test_a_redirect_is_not_followed(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "redirect"
    assert "status 302" in str(fault(make()))


def test_an_answer_that_never_ends_is_too_slow(krx: LocalKrx) -> None:
    krx.faults[None] = "drip"
    with pytest.raises(SourceError) as caught:
        Wire(krx.url, KEY, timeout=0.2)("stk_bydd_trd", DAYS[0])
    assert caught.value.fault == "slow"


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with pytest.raises(SourceError) as caught:
        Wire("http://127.0.0.1:1", KEY)("stk_bydd_trd", DAYS[0])
    assert caught.value.fault == "unreachable"


def _behind_tls(authority: trustme.CA) -> ThreadingHTTPServer:
    """A server with that authority's certificate; whoever gets through is told that there is nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.mark.parametrize("trusted", [True, False])
def test_the_key_goes_only_to_a_server_with_a_certificate_to_trust(
    trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    server = _behind_tls(authority)
    with pytest.raises(SourceError) as caught:
        Wire(f"https://127.0.0.1:{server.server_address[1]}", KEY)("stk_bydd_trd", DAYS[0])
    server.shutdown()
    server.server_close()
    # a server without a do_GET answers 501
    assert caught.value.fault == ("down" if trusted else "unsafe")


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.one_of(st.none(), st.floats(), st.text(max_size=8), st.integers()),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from(["OutBlock_1", "respMsg", "respCode", *share("1", 1)]), inner),
            ),
            max_leaves=12,
        ).map(lambda tree: json.dumps(tree).encode()),
    )
)
def test_whatever_is_answered_is_read_or_is_no_data(body: bytes) -> None:
    try:
        found = read(body, DAYS[0])
    except NotData as error:
        assert str(error).isprintable()
    else:
        assert isinstance(found, Refusal) or all(each.close > 0 for each in found)


def test_an_answer_nested_without_end_is_no_data() -> None:
    with pytest.raises(NotData):
        read(b"[" * 100_000, DAYS[0])


def test_after_a_fault_nothing_is_asked_for_a_while(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "down"
    now = Time()
    source = make(now=now)
    asked = []
    for seconds in (0, 59, 60, 179, 180):
        now.now = EVENING + seconds
        assert fault(source).fault == "down"
        asked.append(len(krx.asked))
    assert asked == [1, 1, 2, 2, 3]


def test_the_pause_is_said(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "down"
    source = make()
    fault(source)
    state = source.state()
    assert (state.retry_at, state.fault) == (EVENING + 60, str(fault(source)))


def test_after_the_pause_all_is_well_again(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "down"
    now = Time()
    source = make(now=now)
    fault(source)
    krx.faults.clear()
    now.now += 60
    source.history("005930.KS", DAYS[-1])
    assert (source.state().retry_at, source.state().fault) == (None, None)


@pytest.mark.parametrize("base", ["http://example.com/svc", "ftp://127.0.0.1/", "example.com"])
def test_only_this_machine_is_asked_without_https(base: str) -> None:
    with pytest.raises(ConfigError, match=r"krx_url is not safe"):
        Wire(base, KEY)


def test_a_damaged_cache_is_put_aside(make: Make, krx: LocalKrx, tmp_path: Path) -> None:
    (tmp_path / "krx").mkdir()
    (tmp_path / "krx" / "krx.sqlite").write_bytes(b"no database at all" * 1000)
    assert len(make().history("005930.KS", DAYS[-1])) == 1
    assert (tmp_path / "krx" / "krx.damaged").exists()


# --- the quota ---


def test_the_state_says_what_is_used_of_what_is_allowed(make: Make) -> None:
    source = make(a_day=50)
    source.history("005930.KS", DAYS[-3])
    assert (source.state().used, source.state().allowed) == (3, 50)


def test_a_restart_does_not_forget_what_is_used(make: Make) -> None:
    make().history("005930.KS", DAYS[-3])
    assert make().state().used == 3


def test_a_request_that_fails_counts(make: Make, krx: LocalKrx) -> None:
    krx.faults[None] = "down"
    source = make()
    fault(source)
    assert source.state().used == 1


def test_beyond_the_quota_nothing_is_asked(make: Make, krx: LocalKrx) -> None:
    source = make(a_day=3)
    assert fault(source, start=DAYS[0]).fault == "limited"
    assert (fault(source, start=DAYS[0]).message, len(krx.asked)) == ("today's requests to KRX are used up", 3)


def test_the_quota_is_new_after_midnight_in_seoul(make: Make) -> None:
    now = Time()
    source = make(now=now, a_day=4)
    fault(source, start=DAYS[0])
    midnight = datetime(2024, 7, 11, tzinfo=SEOUL).timestamp()
    assert source.state().retry_at == midnight
    now.now = midnight
    assert source.state().used == 0
    assert source.history("005930.KS", DAYS[0]).first == DAYS[0]


# --- the key ---


def test_a_key_that_is_not_accepted_is_refused(make: Make) -> None:
    assert fault(make("another")).fault == "refused"


@pytest.mark.parametrize("scripted", ["", "not_applied", "html"])
def test_the_key_is_in_no_error_even_if_it_is_echoed(make: Make, krx: LocalKrx, scripted: str) -> None:
    krx.faults[None] = scripted
    error = fault(make("my-secret"))
    assert "my-secret" not in f"{error} {error!r} {error.__dict__}"


def test_without_a_key_nothing_is_asked(make: Make, krx: LocalKrx) -> None:
    source = make(None)
    error = fault(source)
    assert (error.fault, krx.asked, source.state().used) == ("refused", [], 0)
    assert "WHIPSAW_KRX_KEY" in str(error)


def test_the_environment_comes_first() -> None:
    assert krx_key({"WHIPSAW_KRX_KEY": " k-1 "}) == "k-1"


def _keyring(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str, str], str | None]) -> None:
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module = types.ModuleType("keyring")
    module.get_password = answer  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_then_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    _keyring(monkeypatch, lambda service, user: f"{service}/{user}")
    assert krx_key({}) == "whipsaw/krx"


def test_a_locked_keyring_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(service: str, user: str) -> str:
        raise sys.modules["keyring.errors"].KeyringError("locked")

    _keyring(monkeypatch, locked)
    assert krx_key({}) is None


def test_no_keyring_at_all_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert krx_key({}) is None


def test_what_can_be_no_key_is_refused_unseen() -> None:
    with pytest.raises(ConfigError) as caught:
        krx_key({"WHIPSAW_KRX_KEY": "secret\r\nX-Other: 1"})
    assert "secret" not in str(caught.value)


# --- splits ---


def moves(closes: list[float], shares: list[float]) -> list[tuple[date, float, float]]:
    return [(DAYS[0] + timedelta(days=row), *pair) for row, pair in enumerate(zip(closes, shares, strict=True))]


def test_samsungs_split_of_2018_is_found(make: Make, krx: LocalKrx) -> None:
    """2,650,000 won before a halt of three sessions, 51,900 after it, fifty shares for one."""
    krx.days.clear()
    halt = {"volume": 0, "shares": 128_386_494}
    days = [date(2018, 4, 27), date(2018, 4, 30), date(2018, 5, 2), date(2018, 5, 3), date(2018, 5, 4)]
    krx.add(days[0], share("005930", 2_650_000, shares=128_386_494))
    for day in days[1:4]:
        krx.add(day, share("005930", 2_650_000, **halt))
    krx.add(days[4], share("005930", 51_900, shares=6_419_324_700))
    read = make().history("005930.KS", days[0], days[-1])
    assert [(action.ex_date, action.split) for action in read.actions] == [(days[4], 50.0)]
    assert abs(log_returns(read)[-1] - math.log(50 * 51_900 / 2_650_000)) < 1e-12


def test_a_split_on_the_first_day_of_a_stretch_is_found(make: Make, krx: LocalKrx) -> None:
    krx.add(DAYS[-1], share("005930", 14_300, shares=5e6))
    source = make()
    source.history("005930.KS", DAYS[0])
    assert [action.split for action in source.history("005930.KS", DAYS[-1]).actions] == [5.0]


def test_a_consolidation_is_a_split_the_other_way() -> None:
    assert [action.split for action in splits(moves([1000, 9_800], [1e7, 1e6]))] == [1 / 10]


@pytest.mark.parametrize("rise", [1.0, 0.95, 1.1])
def test_shares_for_money_are_no_split(rise: float) -> None:
    assert splits(moves([10_000, 10_000 * rise], [1e6, 2e6])) == ()


def test_a_crash_without_new_shares_is_no_split() -> None:
    assert splits(moves([10_000, 5_000], [1e6, 1e6])) == ()


def test_a_ratio_between_whole_numbers_is_no_split() -> None:
    assert splits(moves([10_000, 4_000], [1e6, 2.5e6])) == ()


def test_shares_that_are_not_said_make_no_split() -> None:
    assert splits(moves([10_000, 5_000, 5_000], [1e6, math.nan, 2e6])) == ()


@settings(deadline=None)
@given(st.integers(2, 100), st.floats(0.72, 1.28), st.booleans())
def test_every_whole_split_is_found_whatever_the_price_did(ratio: int, move: float, many: bool) -> None:
    split = float(ratio) if many else 1 / ratio
    found = splits(moves([100_000, 100_000 * move / split], [1e8, 1e8 * split]))
    assert [action.split for action in found] == [split]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.72, 1.28), st.floats(0.72, 1.28)), min_size=1, max_size=30))
def test_no_split_is_found_where_neither_doubles(changes: list[tuple[float, float]]) -> None:
    closes, shares = [1e6], [1e8]
    for price, count in changes:
        closes.append(closes[-1] * price)
        shares.append(shares[-1] * count)
    assert splits(moves(closes, shares)) == ()
