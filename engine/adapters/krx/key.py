"""The user's key to the KRX OPEN API. It goes into one header of a request, and nowhere else."""

import re
from collections.abc import Mapping

from engine.errors import ConfigError

VARIABLE = "WHIPSAW_KRX_KEY"


def krx_key(environment: Mapping[str, str]) -> str | None:
    """The key from the environment, else from the system's keyring (service "whipsaw", user "krx"); None without one.

    A keyring that is not installed, is locked or does not work is no key. It may wait for the user to unlock it: not
    to be called on the loop. Raises ConfigError for something that can be no key, without showing it.
    """
    key = (environment.get(VARIABLE) or _from_keyring() or "").strip()
    # it becomes a header: a line's end in it would begin another one
    if key and not re.fullmatch(r"[!-~]+", key):
        raise ConfigError(
            f"the KRX key ({VARIABLE} or the keyring) is none", do="it has no spaces and no other letters"
        )
    return key or None


def _from_keyring() -> str | None:
    try:
        import keyring  # noqa: PLC0415 - an extra; it may talk to the desktop
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return keyring.get_password("whipsaw", "krx")
    except (KeyringError, OSError, RuntimeError):
        return None
