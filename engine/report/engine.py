"""How the engine itself does, in words."""

from engine import format as fmt
from engine.protocol import EngineStatus, Feed


def status(item: EngineStatus) -> str:
    """A line a thing."""
    now = item.status
    model = now.model
    trained = f"#{model.id} {model.preset}, trained to {model.trained_to}" if model else "none yet"
    running = [f"{job.title}: {job.phase or job.state}" for job in item.jobs if job.state in ("queued", "running")]
    return "\n".join(
        (
            f"engine {now.pid}, version {now.version}, up {fmt.duration(item.uptime_s)}",
            f"home     {now.home}",
            f"source   {now.source}: {_feed(now.feed)}",
            *((f"beside   krx: {_feed(now.second)}",) if now.second else ()),
            f"quotes   {now.live.state}",
            f"screens  {now.screens}",
            f"model    {trained}",
            f"jobs     {', '.join(running) or 'idle'}",
        )
    )


def _feed(feed: Feed) -> str:
    used = f"{feed.used:,} of {feed.allowed:,} requests used" if feed.allowed is not None else None
    return ", ".join(fmt.plain(each) for each in (feed.state, used, feed.error) if each)
