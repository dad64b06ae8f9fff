"""The kinds of alarm, one a file: a module here with a `KIND` is a kind, and is run through the checks of all kinds."""

import pkgutil
from importlib import import_module

from engine.core.detect.kind import Kind

KINDS: tuple[Kind, ...] = tuple(
    module.KIND
    for info in pkgutil.iter_modules(__path__)
    if hasattr(module := import_module(f"{__name__}.{info.name}"), "KIND")
)
