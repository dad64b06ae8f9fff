"""Yahoo's stream of quotes: a real client against a real server on this machine."""

import asyncio
import json
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import trustme

from engine.adapters.yahoo_stream import YahooStream
from engine.adapters.yahoo_stream.message import decode
from engine.core.quotes import Quote
from tests.yahoo_stream import NOW, frame, yahoo_stream


class Listener:
    """What a stream says; and the pauses it makes, which take no time here."""

    def __init__(self):
        self.quotes, self.states, self.pauses = [], [], []
        self.going_on = asyncio.Event()
        self.going_on.set()
        self._news = asyncio.Condition()

    def said(self, news):
        (self.quotes if isinstance(news, Quote) else self.states).append(news)
        self._telling = asyncio.create_task(self._tell())

    async def sleep(self, seconds):
        self.pauses.append(seconds)
        await self._tell()
        await self.going_on.wait()
        await asyncio.sleep(0)

    async def until(self, met):
        async with self._news:
            await self._news.wait_for(met)

    async def _tell(self):
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def listening(server, *wanted, expects=lambda now: False, **options):
    listener = Listener()
    stream = YahooStream(server.url, expects=expects, sleep=listener.sleep, **options)
    stream.want(wanted)
    async with asyncio.timeout(20):
        running = asyncio.create_task(stream.run(listener.said))
        try:
            yield stream, listener
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_quote_arrives_with_its_digits_instant_phase_and_close_before():
    async with yahoo_stream() as server, listening(server, "AAPL") as (_, listener):
        await server.until(lambda now: now.subscribed)
        await server.quote("AAPL", 231.4, NOW + 0.25, market_hours=0, change=1.4, day_volume=1_234)
        await listener.until(lambda: listener.quotes)
        assert listener.quotes == [Quote("AAPL", 231.4, NOW + 0.25, "pre", 230.0, 1_234.0, "USD")]


async def test_what_is_wanted_is_subscribed_and_later_only_the_difference():
    async with yahoo_stream() as server, listening(server, "AAPL", "MSFT") as (stream, _):
        await server.until(lambda now: len(now.asked) == 1)
        stream.want(["MSFT", "IBM"])
        await server.until(lambda now: len(now.asked) == 3)
        assert server.asked == [
            {"subscribe": ["AAPL", "MSFT"]},
            {"unsubscribe": ["AAPL"]},
            {"subscribe": ["IBM"]},
        ]


async def test_a_quote_of_a_symbol_that_nobody_wants_is_not_passed_on():
    async with yahoo_stream() as server, listening(server, "AAPL") as (_, listener):
        await server.until(lambda now: now.subscribed)
        await server.send(frame("EVIL\x1b[2J", 1.0), frame("AAPL", 2.0))
        await listener.until(lambda: listener.quotes)
        assert [quote.symbol for quote in listener.quotes] == ["AAPL"]


@pytest.mark.parametrize("how", ["drop", "close"])
async def test_a_connection_that_ends_is_made_anew_and_subscribed_again(how):
    async with yahoo_stream() as server, listening(server, "AAPL") as (stream, listener):
        await server.until(lambda now: now.subscribed)
        await server.quote("AAPL", 1.0)
        await listener.until(lambda: listener.quotes)
        await getattr(server, how)()
        await server.until(lambda now: len(now.subscribed) == 2)
        assert server.subscribed == [{"AAPL"}, {"AAPL"}]
        await server.quote("AAPL", 2.0, NOW + 1)
        await listener.until(lambda: len(listener.quotes) == 2)
        assert [state.state for state in listener.states][:3] == ["connecting", "live", "lost"]
        assert stream.state.state == "live"


@pytest.mark.parametrize(
    ("how", "why"), [("drop", "the connection to Yahoo's quotes broke"), ("close", "Yahoo closed the connection")]
)
async def test_a_lost_connection_says_why_and_when_it_is_tried_again(how, why):
    async with yahoo_stream() as server, listening(server, "AAPL", now=lambda: NOW) as (stream, listener):
        await server.until(lambda now: now.subscribed)
        listener.going_on.clear()
        await getattr(server, how)()
        await listener.until(lambda: listener.pauses)
        assert stream.state.state == "lost"
        assert stream.state.why == why
        assert stream.state.retry_at == NOW + listener.pauses[0]


async def test_a_server_that_refuses_is_quoted_and_asked_again():
    async with yahoo_stream() as server:
        server.refusing = 429
        async with listening(server, "AAPL") as (stream, listener):
            await listener.until(lambda: len(listener.pauses) == 2)
            assert stream.state.why.endswith("HTTP 429")
            server.refusing = None
            await server.until(lambda now: now.subscribed)
            await listener.until(lambda: stream.state.state == "live")


async def test_a_server_that_accepts_and_closes_is_asked_ever_more_seldom():
    async with yahoo_stream() as server:
        server.closing_at_once = True
        async with listening(server, "AAPL") as (_, listener):
            await listener.until(lambda: len(listener.pauses) == 8)
            assert server.accepted <= len(listener.pauses) + 1
        longest = (2, 4, 8, 16, 32, 60, 60, 60)
        within = [most / 2 <= pause <= most for pause, most in zip(listener.pauses[:8], longest, strict=True)]
        assert within == [True] * 8


async def test_a_quote_makes_the_pauses_short_again():
    async with yahoo_stream() as server:
        server.closing_at_once = True
        async with listening(server, "AAPL") as (_, listener):
            await listener.until(lambda: len(listener.pauses) >= 4)
            server.closing_at_once = False
            await server.until(lambda now: now.subscribed and now.clients)
            await server.quote("AAPL", 1.0)
            await listener.until(lambda: listener.quotes)
            made = len(listener.pauses)
            await server.drop()
            await listener.until(lambda: len(listener.pauses) > made)
            assert listener.pauses[made] <= 2.0 < listener.pauses[made - 1]


async def test_a_subscription_is_said_again_now_and_then():
    async with yahoo_stream() as server, listening(server, "AAPL", "IBM", repeat_after=0.02):
        await server.until(lambda now: len(now.asked) == 3)
        assert server.asked == [{"subscribe": ["AAPL", "IBM"]}] * 3


async def test_nothing_that_listens_is_a_reason_in_words_and_no_end():
    async with yahoo_stream() as server:
        pass
    async with listening(server, "AAPL") as (stream, listener):
        await listener.until(lambda: len(listener.pauses) == 3)
        assert stream.state.why.startswith("no connection to Yahoo's quotes: ")


async def test_silence_while_a_market_is_open_is_stale_and_makes_a_new_connection():
    async with (
        yahoo_stream() as server,
        listening(server, "AAPL", expects=lambda now: True, stale_after=0.05) as (_, listener),
    ):
        await listener.until(lambda: len(listener.pauses) >= 2)
        await server.until(lambda now: now.accepted >= 2)
        assert [state.state for state in listener.states][:3] == ["connecting", "live", "stale"]
        assert "lost" not in [state.state for state in listener.states]


async def test_a_connection_made_after_silence_is_live_only_once_a_quote_has_come():
    clock = [NOW]
    async with (
        yahoo_stream() as server,
        listening(server, "AAPL", expects=lambda now: True, stale_after=1.0, now=lambda: clock[0]) as (
            stream,
            listener,
        ),
    ):
        await server.until(lambda now: now.subscribed)
        clock[0] += 1.0
        await server.until(lambda now: len(now.subscribed) == 2)
        assert stream.state.state == "stale"
        await server.quote("AAPL", 1.0)
        await listener.until(lambda: listener.quotes)
        assert stream.state.state == "live"


async def test_silence_while_every_market_is_closed_is_no_fault():
    clock, asked = [NOW], asyncio.Event()

    def expects(now):
        if now > NOW:
            asked.set()
        return False

    async with (
        yahoo_stream() as server,
        listening(server, "AAPL", expects=expects, stale_after=0.1, now=lambda: clock[0]) as (stream, listener),
    ):
        await server.until(lambda now: now.subscribed)
        clock[0] += 3600
        await asked.wait()
        assert stream.state.state == "live"
        assert not listener.pauses


async def test_without_a_wanted_symbol_there_is_no_connection():
    async with yahoo_stream() as server, listening(server, "AAPL") as (stream, listener):
        await server.until(lambda now: now.subscribed)
        stream.want([])
        await listener.until(lambda: stream.state.state == "off")
        await server.until(lambda now: now.clients == 0)
        assert server.accepted == 1
        assert not listener.pauses


GARBAGE = [
    "",
    "{",
    "[]",
    "null",
    "not base64!",
    "aGVsbG8=",
    '{"type": "pricing"}',
    '{"message": 3}',
    '{"message": "//8="}',
]


async def test_frames_that_cannot_be_read_are_counted_logged_once_and_harm_nothing(caplog):
    async with yahoo_stream() as server, listening(server, "AAPL") as (stream, listener):
        await server.until(lambda now: now.subscribed)
        await server.send(*GARBAGE, frame("AAPL", 2.0))
        await listener.until(lambda: listener.quotes)
        assert stream.malformed == len(GARBAGE)
        assert len([line for line in caplog.records if line.levelname == "WARNING"]) == 1
        assert server.accepted == 1


async def test_the_certificates_of_the_environment_are_trusted_and_no_others(tmp_path, monkeypatch):
    authority = trustme.CA()
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(certificate)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with yahoo_stream(certificate) as server:
        async with listening(server, "AAPL") as (stream, listener):
            await listener.until(lambda: listener.pauses)
            assert "CERTIFICATE_VERIFY_FAILED" in stream.state.why
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        async with listening(server, "AAPL"):
            await server.until(lambda now: now.subscribed)


async def test_the_proxy_of_the_environment_is_asked(monkeypatch):
    asked = asyncio.Queue()

    async def proxy(reader, writer):
        asked.put_nowait(await reader.readline())
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    for name in ("no_proxy", "NO_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    listener = Listener()
    stream = YahooStream(expects=lambda now: False, sleep=listener.sleep)
    stream.want(["AAPL"])
    running = asyncio.create_task(stream.run(listener.said))
    try:
        assert await asked.get() == b"CONNECT streamer.finance.yahoo.com:443 HTTP/1.1\r\n"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("bare", [False, True])
def test_a_message_is_read_bare_or_within_json(bare):
    assert decode(frame("BTC-USD", 61_234.5, bare=bare)) == Quote("BTC-USD", 61_234.5, NOW, "regular", currency="USD")


@pytest.mark.parametrize(("hours", "phase"), [(0, "pre"), (1, "regular"), (2, "post"), (3, "post"), (9, "post")])
def test_the_hours_of_a_message_are_a_phase(hours, phase):
    assert decode(frame("AAPL", 1.0, market_hours=hours)).phase == phase


def test_a_message_of_another_kind_is_no_fault():
    assert decode(json.dumps({"type": "status", "message": "hello"})) is None


def test_messages_are_read_without_importing_all_of_yfinance():
    code = """
import sys
from engine.adapters.yahoo_stream.message import message_class
message_class()
loaded = {"yfinance", "pandas"} & set(sys.modules)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
