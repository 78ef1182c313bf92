"""Reading FHIR: resources per CPU second, and peak memory as the input grows.

    python tests/bench/bench_fhir.py FOLDER_OF_BUNDLES [--scales 1 5 20]

Speed is measured on the folder as it lies, beside parsing the same bytes with the standard library's json (which gives
no rows), and with fhir.resources (which validates; R4B models) where that is installed: `pip install medkg[bench]`.
Memory is measured on the resources of the folder written once, five and twenty times over, with ids of their own, as
NDJSON and as one bundle in JSON and in XML; each run is a process of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_READ = """
import json, resource, sys, time
from collections import deque
from pathlib import Path
from extractors.places import iter_places
from extractors.sources.fhir import RECORDS
rows = 0
start = time.process_time()
for place in iter_places([Path(sys.argv[1])], RECORDS.claims):
    for row in RECORDS.read(place):
        rows += 1
"""
_JSON = """
import gzip, json, resource, sys, time
from pathlib import Path
rows = 0
start = time.process_time()
for file in sorted(Path(sys.argv[1]).iterdir()):
    data = file.read_bytes()
    rows += len(json.loads(gzip.decompress(data) if data[:2] == b"\\x1f\\x8b" else data)["entry"])
"""
_PEER = """
import gzip, json, resource, sys, time
from pathlib import Path
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle
Bundle.model_validate({"resourceType": "Bundle", "type": "collection", "entry": []})
rows = 0
start = time.process_time()
for file in sorted(Path(sys.argv[1]).iterdir()):
    data = file.read_bytes()
    rows += len(Bundle.model_validate_json(gzip.decompress(data) if data[:2] == b"\\x1f\\x8b" else data).entry)
"""
_REPORT = """
seconds = time.process_time() - start
status = Path("/proc/self/status")
if status.exists():
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"rows": rows, "cpu_s": round(seconds, 2), "peak_mb": round(peak)}))
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 5, 20])
    given = parser.parse_args()
    bundles = [json.loads(data) for data in read_files(given.folder)]
    resources = sum(len(bundle["entry"]) for bundle in bundles)
    size = sum(map(len, read_files(given.folder)))
    print(f"{len(bundles)} bundles, {resources:,} resources, {size / 1e6:.0f} MB of JSON")
    for name, program in (("rows of medkg", _READ), ("json.loads alone", _JSON), ("fhir.resources", _PEER)):
        figures = measure(program, given.folder)
        speed = f"{resources / figures['cpu_s']:,.0f} resources per CPU second" if figures else "is not installed"
        print(f"  {name}: {speed}", figures)
    with tempfile.TemporaryDirectory() as folder:
        for scale in given.scales:
            for kind, write in (("ndjson", write_lines), ("json", write_bundle), ("xml", write_xml)):
                file = Path(folder) / f"Resources.{kind}"
                write(file, bundles, scale)
                print(f"  {scale} x, {kind}, {file.stat().st_size / 1e6:.0f} MB:", measure(_READ, file))
                file.unlink()


def read_files(folder: Path) -> Iterator[bytes]:
    for file in sorted(folder.iterdir()):
        data = file.read_bytes()
        yield gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def measure(program: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", program + _REPORT, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and "No module named 'fhir'" in done.stderr:
        return {}
    done.check_returncode()
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def copies(bundles: list[Any], scale: int) -> Iterator[tuple[str, Any]]:
    """The entries of all bundles, as often as asked for, each copy of another person."""
    for copy in range(scale):
        for bundle in bundles:
            for entry in bundle["entry"]:
                written = json.dumps(entry).replace("urn:uuid:", f"urn:uuid:{copy:04}")
                again = json.loads(written)
                again["resource"]["id"] = f"{copy:04}{again['resource']['id']}"
                yield again["fullUrl"], again["resource"]


def write_lines(file: Path, bundles: list[Any], scale: int) -> None:
    with file.open("w") as stream:
        for _, resource in copies(bundles, scale):
            stream.write(json.dumps(resource) + "\n")


def write_bundle(file: Path, bundles: list[Any], scale: int) -> None:
    with file.open("w") as stream:
        stream.write('{"resourceType": "Bundle", "type": "collection", "entry": [')
        for number, (address, resource) in enumerate(copies(bundles, scale)):
            stream.write(("," if number else "") + json.dumps({"fullUrl": address, "resource": resource}))
        stream.write("]}")


def write_xml(file: Path, bundles: list[Any], scale: int) -> None:
    from fhir_xml import FHIR, to_xml

    with file.open("wb") as stream:
        stream.write(f'<Bundle xmlns="{FHIR}"><type value="collection"/>'.encode())
        for address, resource in copies(bundles, scale):
            written = to_xml(resource).partition(b"?>")[2]
            stream.write(f'<entry><fullUrl value="{address}"/><resource>'.encode() + written + b"</resource></entry>")
        stream.write(b"</Bundle>")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
    main()
