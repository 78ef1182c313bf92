"""What stands above codes: in the terminologies of a lexicon, or in the text of codes that are paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

#: What stands right above a code, or above what stands above codes.
Parents = Mapping[str, Sequence[str]]


def find_parents(codes: Iterable[str], parents_of: Callable[[str], Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The parents of all `codes` and of everything above them, as `parents_of` (`Hierarchy.parents`) tells them."""
    found: dict[str, tuple[str, ...]] = {}
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found[code] = tuple(parents_of(code))
            waiting += found[code]
    return {code: above for code, above in found.items() if above}


def find_path_parents(codes: Iterable[str], separator: str = "|") -> dict[str, tuple[str, ...]]:
    """The parents of codes that are paths (`cardiovascular|shock / hypotension|hypotension`, as eICU has them)."""

    def above(code: str) -> tuple[str, ...]:
        parent, found, _ = code.rpartition(separator)
        return (parent,) if found else ()

    return find_parents(codes, above)


def iter_ways_up(code: str, parents: Parents) -> Iterator[tuple[str, str]]:
    """Each edge above `code`, child and parent, once: a terminology may be no tree and may even go round in circles."""
    seen, waiting = {code}, [code]
    while waiting:
        child = waiting.pop()
        for parent in parents.get(child, ()):
            yield child, parent
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)


def list_self_and_above(code: str, parents: Parents) -> list[str]:
    """The code and everything above it, each once."""
    return list(dict.fromkeys([code, *(parent for _, parent in iter_ways_up(code, parents))]))
