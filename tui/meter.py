"""How many bytes this screen has sent to its terminal."""

from collections.abc import Callable


class Meter:
    """Counts what is written through it."""

    def __init__(self) -> None:
        self.sent = 0

    def through(self, write: Callable[[str], None]) -> Callable[[str], None]:
        """The same `write`, counted in bytes of UTF-8."""

        def counted(text: str) -> None:
            self.sent += len(text) if text.isascii() else len(text.encode())
            write(text)

        return counted
