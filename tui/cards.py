"""Which of the models, and which of the jobs, is looked at."""

from msgspec.structs import replace

from engine.protocol import Job, ModelCard, Models, View


def card_of(models: Models | None, chosen: int | None) -> ModelCard | None:
    """The model a person chose, or the one in charge, or the newest."""
    cards = models.models if models else ()
    mine = [card for card in cards if card.id == chosen]
    champions = [card for card in cards if card.status == "champion"]
    return next(iter([*mine, *champions, *cards]), None)


def of_today(card: ModelCard, view: View | None) -> ModelCard:
    """The model in charge as old as the list says it is: while history is played its card is not asked for again."""
    live = view.status.model if view else None
    if live is None or live.expires_in is None:
        return card
    if live.id != card.id or card.status not in ("champion", "expired"):
        return card
    return replace(card, age_sessions=live.age_sessions, expires_in=live.expires_in)


def takes_over(models: Models | None, card: ModelCard) -> ModelCard | None:
    """The model that would speak instead of this one: the newest before it that still can."""
    cards = models.models if models else ()
    return next((other for other in cards if other.id < card.id and other.status == "earlier" and other.usable), None)


def job_of(jobs: tuple[Job, ...], chosen: int | None) -> Job | None:
    """The job a person chose, or the one that runs, or one that can be run again, or the newest."""
    mine = [job for job in jobs if job.id == chosen]
    running = [job for job in jobs if job.state == "running"]
    again = [job for job in jobs if job.again]
    return next(iter([*mine, *running, *again, *jobs]), None)
