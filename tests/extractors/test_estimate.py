"""A build knows beforehand about how much it has before it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from extractors.estimate import BULK_BYTES, estimate_items


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def test_files_and_archives_inside_archives_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<a/>")
    (tmp_path / ".hidden").write_text("no")
    (tmp_path / "release.zip").write_bytes(_zip("one.zip", "two.zip", "readme.txt"))
    (tmp_path / "label.zip").write_bytes(_zip("label.xml"))

    assert estimate_items([tmp_path]) == 4


def test_the_records_of_a_bulk_file_cannot_be_counted_beforehand(tmp_path: Path) -> None:
    with (tmp_path / "bulk.json").open("wb") as stream:
        stream.write(b"{")
        stream.truncate(BULK_BYTES + 1)

    assert estimate_items([tmp_path]) is None
