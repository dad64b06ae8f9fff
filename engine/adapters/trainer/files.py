"""What goes to the trainer's process as a file, and what comes back."""

import asyncio
import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from engine.adapters.trainer.request import Request
from engine.errors import DataError, TrainingError

T = TypeVar("T")


@contextlib.contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """A new folder for one job, removed afterwards together with what an engine that died left behind."""
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in parent.glob("job-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="job-", dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write(target: Path | BytesIO, request: Request[Any]) -> None:
    """Write a request's arrays as an .npz."""
    arrays: dict[str, Any] = dict(request.arrays())
    np.savez(target, **arrays)


def read(result: Path | BytesIO, request: Request[T]) -> T:
    """The result in an .npz. Raises TrainingError if it is none."""
    try:
        with np.load(result, allow_pickle=False) as arrays:
            return request.result(dict(arrays))
    except (ValueError, EOFError, zipfile.BadZipFile, DataError) as error:
        raise TrainingError(f"The trainer's result cannot be used: {error}") from error


async def in_thread(work: Callable[[], T]) -> T:
    """Do blocking work in a thread; a cancel waits for its end, so that nobody writes into a removed folder."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
