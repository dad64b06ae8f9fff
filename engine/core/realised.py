"""How many alarms there were, beside how many there may be."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.episodes import MARKET, Episode, whose
from engine.core.pool import SESSIONS_A_YEAR


@dataclass(frozen=True, slots=True)
class Realised:
    """Episodes over a stretch, alerts counted in, and alerts alone; `years` are of one ticker, or of one list."""

    episodes: int
    alerts: int
    years: float

    @property
    def a_year(self) -> float:
        """Episodes a year; NaN before anything was judged."""
        return self.episodes / self.years if self.years else float("nan")

    @property
    def alerts_a_year(self) -> float:
        """Alerts a year; NaN before anything was judged."""
        return self.alerts / self.years if self.years else float("nan")


def realised(
    episodes: Iterable[Episode], ticker_sessions: int, market_sessions: int = 0
) -> tuple[Realised, dict[str, Realised]]:
    """What the tickers raised over all kinds, and what each kind raised, the market's against the sessions of its list.

    `ticker_sessions` is how many sessions were judged, summed over the tickers, `market_sessions` those of the market.
    Provisional and withdrawn episodes and faults of the data do not count.
    """
    counted = [episode for episode in episodes if episode.counted]
    own = [episode for episode in counted if whose(episode.symbol)[0] != MARKET]
    whole = [episode for episode in counted if whose(episode.symbol)[0] == MARKET]
    by_kind = {
        kind: _of([episode for episode in some if episode.kind == kind], sessions)
        for some, sessions in ((own, ticker_sessions), (whole, market_sessions))
        for kind in sorted({episode.kind for episode in some})
    }
    return _of(own, ticker_sessions), by_kind


def _of(episodes: list[Episode], sessions: int) -> Realised:
    alerts = sum(episode.tier == "alert" for episode in episodes)
    return Realised(len(episodes), alerts, sessions / SESSIONS_A_YEAR)
