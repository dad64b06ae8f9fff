"""The commands of the palette, with their keys: made from the keymap."""

from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input

from tui.keymap import KEYS, Key, keys_on
from tui.stage import ABOVE, Stage


class Commands(Provider):
    """What the keys do, by name."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for key in self._commands:
            yield DiscoveryHit(_display(key, Content(key.words)), partial(self._run, key), text=key.words)

    async def search(self, query: str) -> Hits:
        """Those whose words match."""
        matcher = self.matcher(query)
        for key in self._commands:
            score = matcher.match(key.words)
            if score > 0:
                shown = _display(key, matcher.highlight(key.words))
                yield Hit(score, shown, partial(self._run, key), text=key.words)

    @property
    def _commands(self) -> tuple[Key, ...]:
        """Those of the screen below."""
        keys = keys_on(self.screen.PLACE, self.screen.keys) if isinstance(self.screen, Stage) else KEYS
        return tuple(key for key in keys if key.command)

    async def _run(self, key: Key) -> None:
        await self.app.run_action(key.action)


class Palette(CommandPalette):
    """Textual's own, with a cursor that does not blink: nothing is sent while nothing happens."""

    CSS_PATH = ABOVE

    def on_mount(self) -> None:
        """As soon as the line is there."""
        self.query_one(Input).cursor_blink = False


def _display(key: Key, words: Content) -> Content:
    return Content.assemble((f"{key.shown:<7}", "$role-key"), words)
