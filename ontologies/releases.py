"""What a terminology is given out as: one file, a folder with sub-folders, or a zip of them."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ontologies.errors import TerminologyError
from ontologies.tables import File, find_version

_LOCKED = 0x1


@dataclass(frozen=True, slots=True)
class Release:
    """The files of a release, found by name wherever in it they lie."""

    path: Path
    files: Mapping[str, File]
    """By their place in the release, `Snapshot/Terminology/...`."""

    def find(self, pattern: str) -> list[File]:
        """The files whose name fits `pattern`, gzipped or not; capitals do not matter."""
        return [file for place, file in self.files.items() if _fits(PurePosixPath(place).name, pattern)]

    def first(self, pattern: str) -> File | None:
        """The first of them, or None."""
        return next(iter(self.find(pattern)), None)

    def need(self, pattern: str) -> File:
        """The first of them; raises TerminologyError where there is none."""
        found = self.first(pattern)
        if found is None:
            raise TerminologyError(f"{self.path} has no {pattern}; give the folder or the zip of the release")
        return found

    def main(self, pattern: str) -> File:
        """The file that was given, whatever its name; in a folder or a zip, what `need` finds."""
        return self.path if self.files.keys() == {self.path.name} and self.path.is_file() else self.need(pattern)

    def version(self, pattern: str) -> str:
        """What the pattern finds in the names of the release, of its files or of the folder above, else a digest."""
        for place in (self.path.name, *self.files, self.path.resolve().parent.name):
            if found := re.search(pattern, place):
                return found[1]
        return find_version(self.path)


def open_release(path: Path) -> Release:
    """The release at `path`; raises TerminologyError for a zip that is damaged or locked."""
    if path.is_dir():
        places = (file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
        return Release(path, {place: path / place for place in sorted(places, key=_depth)})
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip" and path.is_file():
            raise TerminologyError(f"{path} cannot be read: it is no zip, or was cut short; fetch the release again")
        return Release(path, {path.name: path})
    return Release(path, _open_zip(path))


def copy_release(path: Path, new: Path, patterns: Sequence[str]) -> None:
    """Copies of a folder's files whose names fit one of `patterns`, in folder `new`, where they lay in the old one."""

    def others(folder: str, names: list[str]) -> set[str]:
        """What is left behind."""
        files = {name for name in names if not (Path(folder) / name).is_dir()}
        return {name for name in files if not any(_fits(name, pattern) for pattern in patterns)}

    shutil.copytree(path, new, ignore=others, dirs_exist_ok=True)


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower().removesuffix(".gz"), pattern.lower())


def _open_zip(path: Path) -> dict[str, File]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise TerminologyError(f"{path} cannot be read: {error}; is it a whole zip?") from error
    if any(entry.flag_bits & _LOCKED for entry in archive.infolist()):
        raise TerminologyError(f"{path} is locked with a password; unpack it and give the folder")
    names = (name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name)
    return {name: zipfile.Path(archive, name) for name in sorted(names, key=_depth)}


def _depth(place: str) -> tuple[int, str]:
    """What lies higher comes first: a release may hold a part of itself once more in a sub-folder."""
    return place.count("/"), place


def find_companions(path: Path) -> list[Path]:
    """The files beside a file that say what is in it: a map of columns, the metadata of a mapping set."""
    plain = path.with_name(path.name.removesuffix(".gz"))
    return [
        beside for suffix in (".toml", ".yml") if (beside := plain.with_suffix(suffix)) != path and beside.is_file()
    ]
