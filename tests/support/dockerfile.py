"""A Dockerfile read as its instructions, and its install steps run as a plain script in an empty folder."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word, its flags, and what it says."""

    word: str
    flags: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Stage:
    """One stage of a build: its base, its name, its instructions."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[Instruction]:
        """The instructions of that word, in order."""
        return [one for one in self.instructions if one.word == word]

    def only(self, word: str) -> str:
        """What the one instruction of that word says."""
        (one,) = self.all(word)
        return one.text


def read_stages(path: Path) -> list[Stage]:
    """The stages of a Dockerfile."""
    stages: list[Stage] = []
    for instruction in _read_instructions(path.read_text(encoding="utf-8")):
        if instruction.word == "FROM":
            base, _, name = instruction.text.partition(" AS ")
            stages.append(Stage(base, name))
        else:
            stages[-1].instructions.append(instruction)
    return stages


def _read_instructions(text: str) -> Iterator[Instruction]:
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n", " ", lines).splitlines():
        if line.strip():
            word, rest = line.strip().split(maxsplit=1)
            flags = re.match(r"(?:--\S+\s+)*", rest)
            assert flags is not None
            yield Instruction(word, tuple(flags[0].split()), rest[flags.end() :].strip())


def run_install_steps(stage: Stage, context: Path, folder: Path, environment: Mapping[str, str]) -> dict[str, Path]:
    """Run COPY and RUN of a stage with its paths laid below `folder`; gives the paths by argument.

    As `docker build --build-arg` would, each argument that is an absolute path is given another value.
    """
    arguments = dict(one.text.split("=", 1) for one in stage.all("ARG"))
    paths = {name: folder / value.lstrip("/") for name, value in arguments.items() if value.startswith("/")}
    shell = {**environment, **{name: str(path) for name, path in paths.items()}}
    here = folder
    for one in stage.instructions:
        if one.word == "WORKDIR":
            here = Path(_expand(one.text, shell))
            here.mkdir(parents=True)
        elif one.word == "COPY":
            _copy(one, context, here)
        elif one.word == "RUN":
            done = subprocess.run(["/bin/sh", "-c", one.text], cwd=here, env=shell, capture_output=True, text=True)
            assert done.returncode == 0, f"{one.text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return paths


def _expand(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)


def _copy(one: Instruction, context: Path, here: Path) -> None:
    *sources, goal = one.text.split()
    for source in sources:
        if (context / source).is_dir():
            shutil.copytree(context / source, here / goal, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(context / source, here / goal)
