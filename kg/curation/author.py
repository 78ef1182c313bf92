"""Who decides."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess

from ontologies.settings import read_settings


def get_author(given: str = "") -> str:
    """The curator's name: as given, else KG_AUTHOR, else the setting `author`, else git's user, else the system's."""
    return given or os.environ.get("KG_AUTHOR") or read_settings().author or _git_user() or getpass.getuser()


def _git_user() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, "config", "user.name"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
