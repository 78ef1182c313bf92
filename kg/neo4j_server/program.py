"""The program: Neo4j Community as Maven fetches it, kept once for all servers."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import ServerError
from kg.neo4j_server.place import writing
from ontologies.locks import alone

#: The release that is fetched: of the line with long-term support, and the one that our tests run against.
VERSION = "5.26.12"

#: What takes what is being done, as words for a person.
Say = Callable[[str], None]

#: Bytes that fetching takes at its peak, about.
_ROOM = 350 << 20
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>medkg</groupId>
  <artifactId>neo4j</artifactId>
  <version>{version}</version>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{version}</version></dependency>
  </dependencies>
</project>
"""
_FAULT = re.compile(r"^\[ERROR\] (?:.*(Could not \w+ artifact \S+).*: )?(.+?)(?: -> \[Help \d+\])?$", re.MULTILINE)


def jars_folder(cache: Path) -> Path:
    """Where the jars are once they were fetched."""
    return cache / "neo4j" / VERSION


def get_jars(cache: Path, say: Say) -> Path:
    """The folder of the jars below `cache`, fetched with Maven the first time; processes that ask together wait."""
    folder = jars_folder(cache)
    if folder.is_dir():
        return folder
    with (
        writing(cache, "KG_CACHE"),
        alone(cache / "neo4j" / f"{VERSION}.lock", on_wait=lambda: say("waiting for another fetch")),
    ):
        if not folder.is_dir():
            _fetch(folder, say)
    return folder


def _fetch(folder: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerError(
            f"Neo4j {VERSION} is fetched with Maven, and no mvn is on PATH; install it (Debian: apt install maven), "
            "or use a server of your own or docker/compose.yaml"
        )
    free = shutil.disk_usage(folder.parent).free
    if free < _ROOM:
        raise ServerError(
            f"{folder.parent} has {free >> 20} MiB free, and fetching Neo4j takes {_ROOM >> 20}; make room there, or "
            "set KG_CACHE to a folder on another disk"
        )
    for left in folder.parent.glob(f"{VERSION}-*"):
        shutil.rmtree(left, ignore_errors=True)
    # Beside the goal, so that the last step is a rename: a fetch that is killed leaves nothing that looks whole.
    with TemporaryDirectory(prefix=f"{VERSION}-", dir=folder.parent) as working:
        work = Path(working)
        (work / "pom.xml").write_text(_POM.format(version=VERSION), encoding="utf-8")
        _run_maven(maven, work, say)
        (work / "jars").rename(folder)


def _run_maven(maven: str, work: Path, say: Say) -> None:
    words = [maven, "--batch-mode", "--no-transfer-progress", "--strict-checksums", "--file", str(work / "pom.xml"),
             f"-Dmaven.repo.local={work / 'repository'}", f"-DoutputDirectory={work / 'jars'}",
             "-DincludeScope=runtime", _COPY]  # fmt: skip
    with (work / "log").open("wb") as log, _ended(subprocess.Popen(words, stdout=log, stderr=log)) as running:
        while running.poll() is None:
            here = sum(1 for _ in (work / "repository").rglob("*.jar"))
            say(f"fetching Neo4j {VERSION}, once: {here:,} jars")
            time.sleep(0.5)
    if running.returncode:
        cause = _find_fault((work / "log").read_text(encoding="utf-8", errors="replace"))
        raise ServerError(
            f"Maven could not fetch Neo4j {VERSION}: {cause}; "
            "see to the network, or to the mirror in Maven's settings.xml, and start again"
        )


def _find_fault(log: str) -> str:
    """What Maven says went wrong: which artifact, and the last cause of it."""
    said = _FAULT.search(log)
    return ": ".join(part[:250] for part in said.groups() if part) if said else "it gave no reason"


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which does not outlive this, however it ends."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
