"""Who may open the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.web.door import fits, loopback, new_key, turned_away


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:1", "LOCALHOST:80", "[::1]:9000", "127.8.9.1:65535"])
def test_a_page_of_our_own_may_come_in_under_any_loopback_name_and_port(host):
    assert turned_away(host, None, socket=False) is None
    assert turned_away(host, f"http://{host.lower()}", socket=True) is None


@pytest.mark.parametrize(
    "host",
    [
        *(
            "example.org:8765",
            "127.0.0.1.example.org:8765",
            "localhost.example.org:80",
            "192.168.1.4:8765",
            "0.0.0.0:80",
        ),
        *("user@127.0.0.1:80", "127.0.0.1:80/x", "127.0.0.1:port", "127.0.0.1", "[::2]:80", "", "127.1:80", "[::1:80"),
        '127.0.0.1:80"><script>',
    ],
)
def test_a_name_that_only_points_here_is_refused_in_words(host):
    assert "this machine alone" in (turned_away(host, None, socket=False) or "")
    assert turned_away(host, f"http://{host}", socket=True)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://example.org", "https://127.0.0.1:8765", "http://127.0.0.1:3000", "http://localhost:8765", "null", ""),
        *("http://127.0.0.1:8765.example.org", "file://", "http://127.0.0.1:8765/"),
    ],
)
@pytest.mark.parametrize("socket", [True, False])
def test_a_page_from_elsewhere_is_refused_and_named(origin, socket):
    words = turned_away("127.0.0.1:8765", origin, socket=socket) or ""
    assert repr(origin) in words
    assert "whipsaw serve" in words


def test_a_websocket_that_does_not_say_where_it_comes_from_is_refused():
    assert "origin" in (turned_away("127.0.0.1:8765", None, socket=True) or "")


@given(st.text(), st.text())
def test_whatever_the_headers_hold_they_are_judged_and_no_markup_comes_in(host, origin):
    if turned_away(host, origin, socket=True) is None:
        assert not set(host) & set("\"'<>&/ ")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        *(("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1")),
        *(("0.0.0.0", None), ("::", None), ("192.168.1.4", None), ("example.org", None), ("", None)),  # noqa: S104
    ],
)
def test_only_a_loopback_address_can_be_listened_on(host, address):
    assert loopback(host) == address


def test_a_key_is_new_each_time_and_fits_alone():
    one, other = new_key(), new_key()
    assert (fits(one, one), fits(one, other), fits("", one), fits("é", one)) == (True, False, False, False)
