"""Files, folders and archives as items, and what is hostile or broken as rejections."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import stat
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.errors import InputError, UnreadableError
from extractors.inputs import Item, Limits, Rejected, iter_items

XML = b"<document xmlns='urn:hl7-org:v3'/>"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 100


def pack(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def items(*paths: Path, limits: Limits | None = None) -> dict[str, bytes]:
    return {each.locator: each.data for each in iter_items(paths, limits=limits) if isinstance(each, Item)}


def rejected(*paths: Path, limits: Limits | None = None) -> dict[str, str]:
    return {each.locator: each.reason for each in iter_items(paths, limits=limits) if isinstance(each, Rejected)}


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_plain_file_is_read_only_when_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", XML)
    (item,) = iter_items([path])
    assert isinstance(item, Item)
    assert (item.locator, item.size, item.content) == (str(path), len(XML), path)
    path.unlink()
    with pytest.raises(UnreadableError, match="cannot be read"):
        _ = item.data


def test_item_travels_between_processes(tmp_path: Path) -> None:
    (item,) = iter_items([write(tmp_path, "a.xml", XML)])
    assert pickle.loads(pickle.dumps(item)) == item


def test_folder_is_walked_in_order_without_images_and_litter(tmp_path: Path) -> None:
    for name in ("b/2.xml", "b/1.xml", "a.xml", "b/c/3.txt"):
        write(tmp_path, name, XML)
    for name in ("b/picture.jpg", "b/no-suffix"):
        write(tmp_path, name, JPEG)
    for name in (".hidden/x.xml", "__MACOSX/x.xml", "b/Thumbs.db"):
        write(tmp_path, name, XML)
    assert [Path(locator).relative_to(tmp_path).as_posix() for locator in items(tmp_path)] == [
        "a.xml",
        "b/1.xml",
        "b/2.xml",
        "b/c/3.txt",
    ]
    assert not rejected(tmp_path)


def test_bulk_release_is_read_through_zips_in_zips(tmp_path: Path) -> None:
    inner = pack({"20240101_x.xml": XML, "figure-1.jpg": JPEG})
    path = write(tmp_path, "dm_spl.zip", pack({"prescription/x.zip": inner, "otc/y.zip": inner}))
    assert items(path) == {
        f"{path}!prescription/x.zip!20240101_x.xml": XML,
        f"{path}!otc/y.zip!20240101_x.xml": XML,
    }
    assert not rejected(path)


def test_zip_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    path = write(tmp_path, "labels.dat", pack({"y": XML}))
    assert items(path) == {f"{path}!y": XML}


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml.gz", gzip.compress(XML))
    assert items(path) == {str(path): XML}


def test_label_named_like_an_image_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "x.zip", pack({"y.jpg": XML}))
    assert items(path) == {f"{path}!y.jpg": XML}


def test_image_that_the_user_named_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", JPEG)
    assert rejected(path) == {str(path): "is a JPEG image, not a label"}


def test_missing_path_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    found = iter_items([write(tmp_path, "a.xml", XML), tmp_path / "nowhere.zip"])
    with pytest.raises(InputError, match=r"nowhere\.zip: no such file or folder"):
        next(found)


def bulk(records: list[dict[str, object]]) -> bytes:
    return json.dumps({"meta": {"results": {"total": len(records)}}, "results": records}).encode()


def test_bulk_json_gives_an_item_a_record(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [{"set_id": str(i), "share": 0.5} for i in range(3)]
    path = write(tmp_path, "drug-label-0001-of-0013.json.zip", pack({"drug-label.json": bulk(records)}))
    found = items(path)
    assert list(found) == [f"{path}!drug-label.json#{i}" for i in (1, 2, 3)]
    assert [json.loads(data) for data in found.values()] == records


def test_bulk_json_cut_off_gives_the_records_before_the_cut(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", bulk([{"set_id": "1"}, {"set_id": "2"}])[:-12])
    assert list(items(path)) == [f"{path}#1"]
    assert "not valid JSON after record 1" in rejected(path)[str(path)]


def test_bulk_json_with_a_huge_record_is_refused_without_reading_it_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", bulk([{"set_id": "1"}, {"text": "x" * 2_000_000}]))
    assert "record larger than 500,000 bytes" in rejected(path, limits=Limits(document_bytes=500_000))[str(path)]


@pytest.mark.parametrize("packed", [False, True], ids=["file", "member"])
def test_document_over_the_limit_is_refused(tmp_path: Path, packed: bool) -> None:
    data = b"<document xmlns='urn:hl7-org:v3'>" + b"x" * 70_000 + b"</document>"
    path = write(tmp_path, "a", pack({"a.xml": data}) if packed else data)
    reasons = list(rejected(path, limits=Limits(document_bytes=65_000)).values())
    assert reasons == ["is larger than 65,000 bytes, the most that one document may have"]


def test_zip_bomb_is_refused_once_and_the_next_input_is_read(tmp_path: Path) -> None:
    bomb = write(tmp_path, "a-bomb.zip", pack({f"{i}.xml": b"\n" * 900_000 for i in range(50)}))
    write(tmp_path, "b.xml", XML)
    limits = Limits(document_bytes=1_000_000, expansion=10)
    reasons = rejected(tmp_path, limits=limits)
    assert len(reasons) == 1
    assert "zip bomb" in next(iter(reasons.values()))
    assert str(tmp_path / "b.xml") in items(tmp_path, limits=limits)
    assert len(items(bomb, limits=limits)) < 5


def test_nested_bomb_is_charged_to_the_outermost_archive(tmp_path: Path) -> None:
    inner = pack({f"{i}.xml": b"\n" * 900_000 for i in range(10)})
    path = write(tmp_path, "a.zip", pack({f"{i}.zip": inner for i in range(10)}))
    reasons = rejected(path, limits=Limits(document_bytes=1_000_000, expansion=20))
    assert [reason for reason in reasons.values() if "zip bomb" in reason]
    assert len(reasons) == 1


def test_archives_too_deep_inside_each_other_are_refused(tmp_path: Path) -> None:
    data = XML
    for _ in range(4):
        data = pack({"x.zip": data}, method=zipfile.ZIP_STORED)
    path = write(tmp_path, "deep.zip", data)
    assert list(rejected(path).values()) == ["lies inside 3 archives already; unpack the outermost first"]


def test_archive_with_too_many_members_is_refused_by_its_end_record(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", pack({f"{i}": b"" for i in range(20)}))
    assert list(rejected(path, limits=Limits(members=10)).values()) == ["holds more than 10 members"]


def test_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", pack({"a.xml": XML * 100})[:-30])
    assert "cut off or damaged" in rejected(path)[str(path)]


def test_wrong_checksum_rejects_the_member_and_the_rest_is_read(tmp_path: Path) -> None:
    data = bytearray(pack({"a.xml": XML, "b.xml": XML}, method=zipfile.ZIP_STORED))
    data[data.index(XML) + 3] ^= 1
    path = write(tmp_path, "a.zip", bytes(data))
    assert "CRC" in rejected(path)[f"{path}!a.xml"]
    assert list(items(path)) == [f"{path}!b.xml"]


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(pack({"a.xml": XML}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path = write(tmp_path, "a.zip", bytes(data))
    assert rejected(path)[f"{path}!a.xml"] == "is encrypted; unpack it with its password first"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..\\b", "C:\\b"])
def test_member_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "a.zip", pack({name: XML, "b.xml": XML}))
    assert list(rejected(path).values()) == ["its name points outside the archive"]
    assert list(items(path)) == [f"{path}!b.xml"]


def test_link_inside_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    path = write(tmp_path, "a.zip", buffer.getvalue())
    assert list(rejected(path).values()) == ["is a symbolic link inside an archive"]


def test_control_characters_in_names_are_escaped(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", pack({"evil\x1b[2J\n.xml": XML}))
    (locator,) = items(path)
    assert locator == f"{path}!evil\\x1b[2J\\n.xml"


def test_file_name_that_is_no_text_gets_a_locator_that_is(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.xml"))
    path.write_bytes(XML)
    (locator,) = items(tmp_path)
    assert locator.encode("utf-8").endswith(b"\\udcff.xml")


def test_empty_file_is_refused(tmp_path: Path) -> None:
    assert list(rejected(write(tmp_path, "a.xml", b"")).values()) == ["is empty"]


def test_empty_zip_gives_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a.zip", pack({}))
    assert list(iter_items([path])) == []


def test_folder_that_links_to_itself_is_walked_once(tmp_path: Path) -> None:
    write(tmp_path, "a/b.xml", XML)
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert list(items(tmp_path)) == [str(tmp_path / "a" / "b.xml")]
    assert list(rejected(tmp_path).values()) == ["is a link to a folder that it lies in, a loop"]


def test_broken_link_and_pipe_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link.xml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.xml")
    assert [Path(locator).name for locator in rejected(tmp_path)] == ["link.xml", "pipe.xml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", XML)
    path.chmod(0)
    assert "Permission denied" in rejected(tmp_path)[str(path)]


def records(count: int) -> Iterator[bytes]:
    yield b'{"meta": {}, "results": ['
    for index in range(count):
        yield (b"," if index else b"") + json.dumps({"set_id": str(index), "text": os.urandom(5_000).hex()}).encode()
    yield b"]}"


def peak_of_reading(path: Path) -> int:
    tracemalloc.start()
    try:
        assert sum(1 for each in iter_items([path]) if isinstance(each, Item)) > 10
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["openfda", "dailymed"])
def test_memory_stays_flat_however_large_the_bulk_file(tmp_path: Path, kind: str) -> None:
    peaks = []
    for count in (100, 1_500):
        path = tmp_path / f"{count}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            if kind == "openfda":
                with archive.open("drug-label.json", "w") as member:
                    member.writelines(records(count))
            else:
                for index in range(count):
                    label = {"y.xml": b"<document>" + os.urandom(5_000).hex().encode(), "y.jpg": JPEG}
                    archive.writestr(f"{index}.zip", pack(label), zipfile.ZIP_STORED)
        peaks.append(peak_of_reading(path))
    # What grows with the number of members is their list alone, some 600 bytes each.
    assert peaks[1] - peaks[0] < 1_500_000
