"""An app that sends its terminal what differs from what stands there, counts it, and waits where it is not taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.filter import LineFilter, Monochrome
from textual.screen import Screen

from tui.abilities import ascii_alone
from tui.driver import Terminal
from tui.meter import Meter
from tui.thrift import Shown, thrifty

TRY_AGAIN = 0.1
"""Seconds until a terminal that did not take what it was sent is looked at again."""


class Sending(App[str]):
    """Its screens are sent as `tui.thrift` writes them; `environ` says what the terminal is."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._environ = environ
        self._meter = Meter()
        self._shown = Shown()
        self._waiting = False
        self._less: Sequence[LineFilter] = ()

    def get_driver_class(self) -> type[Driver]:
        """The terminal, or what Textual is told to use in its place."""
        usual = super().get_driver_class()
        return Terminal if usual is LinuxDriver else usual

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What a terminal with less makes of the lines; Textual's own greys would still be colours."""
        return [*(each for each in super().get_line_filters() if not isinstance(each, Monochrome)), *self._less]

    def on_resize(self, _: Resize) -> None:
        """Each terminal has its own way with what stood there."""
        self._shown.forget()

    def action_redraw(self) -> None:
        """All of it, whatever stands there: another program may have written over it."""
        self._shown.forget()
        self.screen.refresh()

    def _count(self) -> None:
        """From now on what is sent is counted."""
        if self._driver:
            self._driver.write = self._meter.through(self._driver.write)  # type: ignore[assignment, method-assign]

    def _title(self, told: str) -> None:
        """Where the terminal has a title."""
        if not ascii_alone(self._environ, "utf-8"):
            self._write(told)

    def _write(self, told: str) -> None:
        if self._driver and told:
            self._driver.write(told)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not self._waiting:
            super()._display(screen, thrifty(renderable, self._shown))
            self._wait_if_behind()

    def _wait_if_behind(self) -> None:
        """What a terminal does not take is not queued up for it: once it goes on, it is sent what differs by then."""
        self._waiting = getattr(self._driver, "behind", False)  # a page's driver does not know
        if self._waiting:
            self.set_timer(TRY_AGAIN, self._try_again)

    def _try_again(self) -> None:
        self._wait_if_behind()
        if not self._waiting:
            self.screen.refresh()
