"""Where the compiled lexicon and the terminologies that a user added live."""

from __future__ import annotations

import os
from pathlib import Path


def get_home() -> Path:
    """The folder `KG_HOME` names, else the platform's data folder for medkg; it need not be there yet."""
    named = os.environ.get("KG_HOME")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("medkg", appauthor=False)
