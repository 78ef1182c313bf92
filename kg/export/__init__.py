"""The graph as files for other programs: one module a format, found in `kg.export.formats`."""

from __future__ import annotations

import shutil
import tempfile
from importlib import import_module
from pathlib import Path

from kg.errors import ExportError, UnknownNameError
from kg.export.formats import FORMATS
from kg.export.selection import Selection
from kg.export.view import View
from kg.roles import Store
from ontologies.exchange import Vocabulary


def write_graph(
    name: str,
    store: Store,
    folder: Path,
    *,
    selection: Selection | None = None,
    restricted: bool = False,
    vocabulary: Vocabulary | None = None,
) -> dict[str, int]:
    """Counts of what was written: the graph as one snapshot, in format `name`, into the new folder `folder`.

    With a selection it is that part of the graph. With `restricted` the quotes of restricted evidence are in it;
    without, no format has them. Cross-references come from a `vocabulary`, in those formats of `kg.export.formats`
    that tell them.
    Everything is written beside `folder` and renamed at the end, so that it is there whole or not at all.

    Raises:
        UnknownNameError: nobody writes that format, or the selection names what the graph does not have.
        ExportError: the folder is there already, or cannot be written.
        GraphChangedError: the graph, on a server, was written to meanwhile; there is no folder.
    """
    if name not in FORMATS:
        raise UnknownNameError("export format", name, list(FORMATS))
    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise ExportError(f"{folder} is there already: name a new folder, or remove it first")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise ExportError(f"cannot write beside {folder} ({error.strerror}): choose another place") from error
    try:
        with store.snapshot(restricted=restricted):
            counts = _write(name, View(store, selection, restricted=restricted, vocabulary=vocabulary), draft)
        # A store without snapshots says only now whether it was one state of the graph.
        _put_in_place(draft, folder)
        return counts
    except OSError as error:
        raise ExportError(
            f"cannot write {folder} ({error.strerror}): free some space, or choose another place"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(name: str, view: View, draft: Path) -> dict[str, int]:
    module, _, function = FORMATS[name].partition(":")
    counts: dict[str, int] = getattr(import_module(module), function)(view, draft)
    return counts


def _put_in_place(draft: Path, folder: Path) -> None:
    # mkdtemp makes folders for their owner alone; what is exported is for whoever may read beside it.
    draft.chmod(0o755)
    draft.replace(folder)
