"""`kg deid`: a filter that changes identifiers and nothing else, and whose messages quote nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kg_command import ROOT

SECRET = "Zorbax Quillfeather"


def deid(*words: str, text: bytes = b"", folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kg", "deid", *words]
    paths = f"{ROOT}:{ROOT / 'graphql'}"
    return subprocess.run(command, input=text, capture_output=True, cwd=folder, env={"PYTHONPATH": paths})


def test_it_is_a_filter(tmp_path: Path) -> None:
    text = f"\ufeffSeen by Dr. {SECRET}\r\n\tat 10:30.  \r\n患者王芳入院".encode()
    ran = deid("-", text=text, folder=tmp_path)
    assert ran.stdout.decode() == "\ufeffSeen by Dr. [NAME]\r\n\tat 10:30.  \r\n患者[NAME]入院"
    assert "2 identifiers in 1 texts" in ran.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_json_gives_spans_and_no_text(tmp_path: Path) -> None:
    ran = deid("-", "--json", text=f"By Dr. {SECRET}".encode(), folder=tmp_path)
    assert json.loads(ran.stdout)["spans"] == [{"start": 7, "end": 26, "type": "name", "rule": "en-name"}]
    assert b"Zorbax" not in ran.stdout + ran.stderr


def test_a_key_makes_the_same_surrogates_and_shifts(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    (tmp_path / "note.txt").write_text(f"{SECRET} and 2020-01-01", encoding="utf-8")
    (tmp_path / "known.tsv").write_text(f"name\t{SECRET}\n", encoding="utf-8")
    words = ["note.txt", "--mode", "pseudonym", "--shift-dates", "--patient", "7"]
    words += ["--key-file", "key", "--known", "known.tsv"]
    first, second = deid(*words, folder=tmp_path), deid(*words, folder=tmp_path)
    assert first.stdout == second.stdout and first.returncode == 0
    assert b"Zorbax" not in first.stdout and b"2020-01-01" not in first.stdout and b"-" in first.stdout


def test_a_shift_that_nobody_can_repeat_says_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"k" * 32)
    whole = ("--shift-dates", "--patient", "7", "--key-file", "key")
    for left_out, remedy in ((("--key-file", "key"), "--key-file key"), (("--patient", "7"), "--patient ID")):
        words = [word for word in whole if word not in left_out]
        ran = deid("-", *words, text=b"Seen on 2020-01-01", folder=tmp_path)
        assert ran.returncode == 0 and remedy in ran.stderr.decode() and b"kg:" not in ran.stdout
        assert b"kg:" not in deid("-", *words, "--json", text=b"Seen on 2020-01-01", folder=tmp_path).stderr
    assert b"kg:" not in deid("-", *whole, text=b"Seen on 2020-01-01", folder=tmp_path).stderr
    assert b"kg:" not in deid("-", text=b"Seen on 2020-01-01", folder=tmp_path).stderr


def test_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("患者王芳入院".encode("gb18030"))
    assert deid("a.txt", "--encoding", "gb18030", folder=tmp_path).stdout.decode("gb18030") == "患者[NAME]入院"
    wrong = deid("a.txt", folder=tmp_path)
    assert wrong.returncode == 1 and wrong.stdout == b"" and "gb18030" in wrong.stderr.decode()


def test_messages_quote_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text(f"nome\t{SECRET}\n", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(SECRET.encode() + b"\xff")
    (tmp_path / "short").write_bytes(b"hush")
    ran = [
        deid("-", "--known", "bad.tsv", text=SECRET.encode(), folder=tmp_path),
        deid("bad.txt", folder=tmp_path),
        deid("-", "--key-file", "short", text=SECRET.encode(), folder=tmp_path),
        deid("nothing.txt", folder=tmp_path),
    ]
    for each in ran:
        assert each.returncode in (1, 2) and each.stdout == b""
        assert b"Traceback" not in each.stderr and b"Zorbax" not in each.stderr and b"hush" not in each.stderr
