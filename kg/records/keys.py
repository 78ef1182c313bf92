"""The secret behind pseudonyms, shifted dates and the encrypted file, and the keys that are derived from it.

One file holds 32 random bytes. From them come keys for single purposes (HKDF-Expand of RFC 5869 with HMAC-SHA-256, one
block, where the label is the purpose), so that none of them tells another. None is ever written into a store.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from kg.records.errors import RecordsError

_BYTES = 32
_EXPLAINED = """\
# The key of medkg's records: pseudonyms of patients, shifts of their dates and the encrypted events store come from it.
# Who has this file and the store can read the store, and can find out whether a patient whose number he knows is in it.
# Without it the store cannot be read and no patient can be forgotten by number: keep a copy at another safe place.
# Never keep it with the store or its copies. A new key gives every patient a new pseudonym: the store starts anew.
"""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for the purposes there are, derived from one secret."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for a purpose alone."""
        return hmac.digest(self.secret, f"medkg records: {purpose}".encode() + b"\x01", "sha256")

    @property
    def store(self) -> bytes:
        """What the events store is encrypted with."""
        return self.derive("store")

    @property
    def rows(self) -> bytes:
        """What ids of rows are hashed with."""
        return self.derive("rows")

    @property
    def inputs(self) -> bytes:
        """What the contents of inputs are hashed with."""
        return self.derive("inputs")

    def cleaning(self, space: str) -> bytes:
        """What pseudonyms and shifts of dates are made with, for ids that are unique within `space`."""
        return self.derive(f"pseudonyms of {space}")


def read_keys(path: Path) -> Keys:
    """The keys from the file at `path`; raises `RecordsError` where it is not there, is none, or others can read it."""
    try:
        others = stat.S_IMODE(path.stat().st_mode) & 0o077
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError as error:
        remedy = (
            "name the one that the store was made with by --key-file or KG_RECORDS_KEY, or restore it from its copy"
        )
        raise RecordsError(f"no key of records at {path}: {remedy}; without it the records cannot be read") from error
    except UnicodeDecodeError:
        raise _no_key(path) from None
    except OSError as error:
        raise RecordsError(
            f"the key file {path} cannot be read ({error.strerror}): name the key file itself by --key-file or "
            "KG_RECORDS_KEY, and be who may read it"
        ) from error
    if others and os.name == "posix":
        raise RecordsError(f"others may read the key file {path}: run chmod 600 {path}, and think who has read it")
    return Keys(_secret_in(lines, path))


def settle_keys(path: Path) -> tuple[Keys, bool]:
    """The keys at `path`, made now where there were none, and whether they were: of several first runs one makes them.

    Raises `RecordsError` as `read_keys` and `make_keys` do.
    """
    if not path.exists():
        try:
            return _make(path), True
        except FileExistsError:
            pass
    return read_keys(path), False


def make_keys(path: Path) -> Keys:
    """New keys, written to `path` (mode 0600); raises `RecordsError` where that cannot be done."""
    try:
        return _make(path)
    except FileExistsError as error:
        raise _not_written(path, error) from error


def _make(path: Path) -> Keys:
    """New keys; raises `FileExistsError` where another process was first. Nobody ever reads half a key."""
    secret = secrets.token_bytes(_BYTES)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(draft, f"{_EXPLAINED}{secret.hex()}\n")
            _publish(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as error:
        raise _not_written(path, error) from error
    return Keys(secret)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)


def _publish(draft: Path, path: Path) -> None:
    """Gives the written file its name, which only one process can."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links: whoever makes the name first fills it.
        _write(path, draft.read_text(encoding="ascii"))


def _not_written(path: Path, error: OSError) -> RecordsError:
    return RecordsError(f"the key file {path} cannot be written: {error.strerror}; choose another place")


def _no_key(path: Path) -> RecordsError:
    return RecordsError(
        f"{path} is no key of records, which is a text file with one line of {2 * _BYTES} digits 0-9 a-f: name the "
        "right file by --key-file or KG_RECORDS_KEY, or restore it from its copy"
    )


def _secret_in(lines: list[str], path: Path) -> bytes:
    said = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(said) != 1 or not re.fullmatch(rf"[0-9a-fA-F]{{{2 * _BYTES}}}", said[0]):
        raise _no_key(path)
    return bytes.fromhex(said[0])
