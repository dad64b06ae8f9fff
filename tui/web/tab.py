"""One tab's screen: the process of an app that speaks through pipes instead of a terminal."""

import asyncio
import contextlib
from typing import Self

from aiohttp.web import WebSocketResponse
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

PATIENCE = 5.0
"""Seconds a screen has to leave by itself."""

_OF_A_TERMINAL = (
    "NO_COLOR",
    "COLORFGBG",
    "TMUX",
    "LC_TERMINAL",
    "KITTY_WINDOW_ID",
    "WEZTERM_PANE",
    "GHOSTTY_RESOURCES_DIR",
)
"""What tells of the terminal that `whipsaw serve` was started in, and nothing of the page's."""
_OF_THE_PAGE = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "PYTHONIOENCODING": "utf-8",
    "TEXTUAL_DRIVER": "tui.piped:Piped",
}


class Tab(AppService):
    """Textual's own way to a screen's process, which says when it has ended and does not outlive its tab."""

    @classmethod
    def on(cls, socket: WebSocketResponse, command: str, downloads: DownloadManager) -> Self:
        """A tab that is reached by this connection; `command` opens a screen."""

        async def close() -> None:
            await socket.close()

        return cls(
            command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=downloads,
        )

    async def run(self) -> None:
        """Pass on what the process sends; when it has gone, the page is told by the end of its connection."""
        await super().run()
        await self.remote_close()

    async def leave(self) -> None:
        """End the process: by its own way out, or where it does not take that in time, without being asked."""
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self.stop()
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        inherited = super()._build_environment(width, height)
        return {name: value for name, value in inherited.items() if name not in _OF_A_TERMINAL} | _OF_THE_PAGE
