"""The Java that runs a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from kg.errors import ServerError

#: The oldest Java that Neo4j 5.26 runs on.
OLDEST = 17

_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_COLLECTOR = re.compile(r"-XX:\+Use\w+GC\b")
_REMEDY = f"install a JRE {OLDEST} or newer (Debian: apt install openjdk-{OLDEST}-jre-headless) or set JAVA_HOME to one"


def find_java() -> Path:
    """The `java` of JAVA_HOME, else of PATH; raises `ServerError` where there is none or it is too old."""
    named = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(named, "bin")) if named else None)
    if found is None:
        where = f"no java under JAVA_HOME ({named})" if named else "no java on PATH"
        raise ServerError(f"{where}; {_REMEDY}")
    version = _read_version(found)
    if version < OLDEST:
        raise ServerError(f"{found} is Java {version}, and Neo4j needs {OLDEST}; {_REMEDY}")
    return Path(found)


def java_environment() -> dict[str, str]:
    """The environment of a Java process: one in which it can open files whatever their names."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def choose_collector() -> list[str]:
    """What Java is told of how to take back memory: nothing where the environment says it already.

    A transaction of ten thousand rows lives through many small collections and is then left behind as a whole. The
    collector that Java chooses by itself took a third of the processor for that, this one a twentieth.
    """
    said = " ".join(os.environ.get(name, "") for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"))
    return [] if _COLLECTOR.search(said) else ["-XX:+UseParallelGC"]


def _read_version(java: str) -> int:
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise ServerError(f"{java} cannot be run: {error.strerror}; {_REMEDY}") from error
    said = _VERSION.search(done.stderr + done.stdout)
    if said is None:
        raise ServerError(f"{java} does not tell its version: {(done.stderr or 'no word')[:200].strip()}; {_REMEDY}")
    return int(said[1])
