"""The trainer on a cluster of Dask: a job goes to whichever worker the scheduler chooses, and survives that worker.

The client is opened for a job and closed after it; with it the scheduler forgets the job, whatever became of it, and
the worker ends its trainer. There is no fallback: where the cluster does not deliver, the job fails in words.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, TypeVar

from engine.adapters.trainer import launch
from engine.adapters.trainer.files import in_thread, read, write
from engine.adapters.trainer.request import Listener, Request, news, to_fit, to_fit_garch
from engine.core.bars import FloatArray
from engine.core.evaluation.garch import Garch
from engine.core.fitting import Epoch, FitJob, Fitted
from engine.core.tuning import Found, Study, Trial
from engine.errors import EngineError, TrainingError
from engine.ports import Trainer

TOPIC = "whipsaw"
"""Under which workers say how far they are; each event names the key of its task."""

PATIENCE = 10.0  # seconds in which a scheduler has to answer

Progress = Callable[[str | Epoch], None]
Trials = Callable[[str | Epoch | Trial], None]
T = TypeVar("T")


class ClusterTrainer:
    """Fits banks on the workers of the scheduler at `address`: a Trainer. Jobs may run beside each other.

    Tuning leans on a file of this machine's: `here` does that. `command` starts the trainer of a worker; by default it
    is the one of the worker's own Whipsaw.
    """

    def __init__(
        self, address: str, here: Trainer, *, command: Sequence[str] | None = None, patience: float = PATIENCE
    ) -> None:
        self._here = here
        self._address = address
        self._command = None if command is None else tuple(command)
        self._patience = patience
        self._running: set[asyncio.Task[bytes]] = set()
        self._closed = False

    async def fit(self, job: FitJob, progress: Progress) -> Fitted:
        return await self._carried_out(to_fit(job), progress)

    async def fit_garch(self, returns: Sequence[FloatArray], progress: Progress) -> tuple[Garch | None, ...]:
        return await self._carried_out(to_fit_garch(returns), progress)

    async def tune(self, study: Study, job: FitJob, progress: Trials) -> Found:
        progress("tuning on this machine, where the trials are kept")
        return await self._here.tune(study, job, progress)

    async def _carried_out(self, request: Request[T], progress: Listener) -> T:
        self._require_open()
        given = BytesIO()
        await in_thread(lambda: write(given, request))
        progress(f"connecting to the cluster at {self._address}")
        errand = asyncio.create_task(self._sent(given.getvalue(), request.header, progress))
        self._running.add(errand)
        try:
            result = await errand
        except asyncio.CancelledError:
            self._require_open()
            raise
        finally:
            self._running.discard(errand)
        return await in_thread(lambda: read(BytesIO(result), request))

    async def close(self) -> None:
        self._closed = True
        running = list(self._running)
        for errand in running:
            errand.cancel()
        await asyncio.gather(self._here.close(), *running, return_exceptions=True)

    async def _sent(self, given: bytes, line: Mapping[str, Any], progress: Listener) -> bytes:
        """Have a worker do it: the bytes of its result."""
        await asyncio.to_thread(_load)
        key, told = f"whipsaw-{uuid.uuid4().hex}", asyncio.Queue[dict[str, Any] | None]()
        async with self._client() as client:
            client.subscribe_topic(TOPIC, lambda event: told.put_nowait(event[1]))
            future = client.submit(_ByValue(), key, given, line, self._command, key=key)
            progress(f"waiting for a worker of the cluster at {self._address}")
            result = asyncio.ensure_future(self._result(future))
            result.add_done_callback(lambda _: told.put_nowait(None))
            try:
                await _relayed(key, told, progress)
                return await result
            finally:
                result.cancel()

    @contextlib.asynccontextmanager
    async def _client(self) -> AsyncIterator[Any]:
        from distributed import Client  # noqa: PLC0415 - a third of a second, for those who have a cluster

        client = Client(self._address, asynchronous=True, timeout=self._patience, set_as_default=False)
        try:
            await client
        except (OSError, ValueError, ImportError) as error:
            await client.close()
            raise TrainingError(
                f"The cluster at {self._address} does not answer",
                received=_first_line(error),
                do="Start its scheduler, or train on this machine: leave trainer.cluster empty",
            ) from error
        try:
            yield client
        finally:
            await client.close()

    async def _result(self, future: Any) -> bytes:
        from distributed import KilledWorker  # noqa: PLC0415
        from distributed.client import FutureCancelledError  # noqa: PLC0415

        try:
            result: bytes = await future.result()
        except EngineError:
            raise
        except FutureCancelledError as error:
            raise TrainingError(
                f"The cluster at {self._address} went away during the training", do="Train again when it is back"
            ) from error
        except KilledWorker as error:
            raise TrainingError(
                f"The cluster at {self._address} lost every worker that began this training",
                do="Look at the memory of its workers",
            ) from error
        except Exception as error:
            raise TrainingError(
                f"The cluster at {self._address} could not carry the training out",
                received=_first_line(_root(error)),
                do="Its workers need this version of Whipsaw, with its extra cluster",
            ) from error
        return result

    def _require_open(self) -> None:
        if self._closed:
            raise TrainingError("The trainer has been closed: the engine is stopping")


def _load() -> None:
    """Load Dask, which is an extra, and tell it what is meant for it."""
    try:
        import dask  # noqa: PLC0415
        import distributed  # noqa: F401, PLC0415
    except ImportError as error:
        raise TrainingError(
            "Training on a cluster needs Dask",
            received=str(error),
            do="Install it: pip install 'whipsaw[cluster]', or leave trainer.cluster empty",
        ) from error
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"})  # a job lives on with the scheduler


class _ByValue:
    """`launch`, for a pickle that reads it as a function without a module."""

    def __call__(self) -> None:
        """Nothing is done here."""

    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        import cloudpickle  # noqa: PLC0415

        cloudpickle.register_pickle_by_value(launch)
        return cloudpickle.loads, (cloudpickle.dumps(launch.launch),)


async def _relayed(key: str, told: "asyncio.Queue[dict[str, Any] | None]", progress: Listener) -> None:
    """Pass on what the job's worker says, until there is nothing more to come."""
    lost = ""
    while (event := await told.get()) is not None:
        if event["key"] != key:
            continue
        if event["event"] == "begun":
            progress(f"{lost}starting TensorFlow on {event['worker']}")
            lost = "a worker was lost, beginning anew: "
        elif event["event"] == "ready":
            progress("building the network")
        else:
            progress(news(event))


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _first_line(error: BaseException) -> str:
    line = next(iter(str(error).strip().splitlines()), "")
    return "".join(letter for letter in f"{type(error).__name__}: {line}" if letter.isprintable())
