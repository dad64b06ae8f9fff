"""Textual's way to a page through pipes, for a screen that does not outlive who holds their other end."""

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class Piped(WebDriver):
    """Leaves when nothing can come any more, as after the death of `whipsaw serve`."""

    def run_input_thread(self) -> None:
        """Take what comes until there is no more."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self.send_message(ExitApp())
