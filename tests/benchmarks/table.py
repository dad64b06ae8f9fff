"""How a benchmark says what it found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its budget; `held` is None where there is no budget."""

    what: str
    value: str
    budget: str
    held: bool | None


def rows(title: str, header: list[str], lines: list[list[str]]) -> None:
    """A table of any columns."""
    print(f"\n{title}\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for line in lines:
        print(f"| {' | '.join(line)} |", flush=True)


def show(title: str, figures: list[Figure]) -> None:
    """A table for the terminal and the README alike."""
    print(f"\n{title}\n")
    print("| what | measured | budget | |\n|---|---|---|---|")
    for figure in figures:
        mark = {True: "kept", False: "MISSED", None: ""}[figure.held]
        print(f"| {figure.what} | {figure.value} | {figure.budget} | {mark} |", flush=True)
