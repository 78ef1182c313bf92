"""Which medkg this is."""

from __future__ import annotations

from importlib import metadata


def get_version() -> str:
    """The version of the installed medkg, or `source` where it runs from its source without being installed."""
    try:
        return metadata.version("medkg")
    except metadata.PackageNotFoundError:
        return "source"
