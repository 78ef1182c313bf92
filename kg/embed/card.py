"""The card of a trained model, to be read by people: what it is from, what it is worth, what it is not for.

After Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.embed.trained import CARD, CURVE, MAP, MAP_PAGE, About, Newcomers, Numbers
from kg.embed.whole_files import replacing_file

_USES = """Vectors of the concepts of a medical knowledge graph: what is alike (`kg embed similar`) and what may be
missing (`kg embed predict`)."""

_USES_ALIKE = """Vectors of the concepts of a medical knowledge graph: what is alike (`kg embed similar`)."""

_LIMITS = """What the model predicts is **stated by no source**. It is a question for people who can judge it, never a
fact and never advice about a patient. It knows what its graph knows: what labels and records leave out, it has not
learned, and what is written about most it predicts most. A probability is that of being among the facts that were held
out; true facts that nobody wrote down count as wrong there."""

_ALIKE = (
    """The model does not predict facts. Its vectors say what is given, coded or done together, not what is true."""
)

_ANSWERS = """Counted are answers, not facts: a fact of a symmetric predicate is asked from both its sides, which
makes two, and of each predicate 500 questions at most are asked."""

_SKILL = """On test, each candidate by the curve that its prediction is told by: the mean squared error of the
probabilities, that of saying the same of each candidate, and the share of that which they save (Brier skill score): 0
is telling nothing, 1 would be knowing all."""

_REFITTED = """None: curves that were fitted to the vectors before they were learned again from all facts would say
nothing of these. The model puts predictions in an order, and tells no probabilities."""

#: Why facts were not learned from or are in no part, as half a sentence each.
_WHY = {
    "predicate": "by a predicate that is not learned",
    "kind": "with a quantity (a dose is a number, not a thing with neighbours)",
    "denied": "that all their evidence denies",
    "contested": "about which sources are divided",
    "supposed": "that no evidence affirms",
    "confidence": "of too little confidence",
    "undated": "that undated documents know of, and no document of train",
    "unseen": "that were to be asked, with a concept or predicate that train has not",
}

_TRUE_ALL_THE_SAME = "true all the same, so no wrong answers where others are asked"

#: A bar that ends no cell of a table.
_BAR = r"\|"

_COUNTING = "by counting"

_COUNTING_TELLS = """*By counting*: concepts ranked by how often a predicate has them, whatever is asked, as
`kg/embed/popularity.py` does. What a model finds beyond that, it has learned."""

#: Figures in the order of reading, and how they are headed.
_FIGURES = {"mrr": "MRR", "hits1": "Hits@1", "hits3": "Hits@3", "hits10": "Hits@10", "count": "facts"}

#: The same of models of care, which are asked on records.
_CARE_FIGURES = {
    "pr_auc": "PR-AUC",
    "pr_auc_low": "95 % from",
    "pr_auc_high": "to",
    "roc_auc": "ROC-AUC",
    "chance": "PR-AUC by chance, about",
}


def write_card(about: About, folder: Path) -> None:
    """Write card.md."""
    with replacing_file(folder / CARD) as path:
        path.write_text(make_card(about, folder), encoding="utf-8")


def make_card(about: About, folder: Path) -> str:
    """The card as Markdown; pictures that are in the folder are shown."""
    sections = {
        f"{about.name}: {about.model}": [_USES if about.scoring else _USES_ALIKE],
        "From": _bullets(_origin(about)),
        "Split": _bullets(_division(about.split)),
        "Leaks": _leaks(about.split),
        "Scores": [*_scores(with_counting(about.scores, about.counting)), *_worth(about)],
        "Calibration": [_REFITTED] if about.refitted else [*_calibrations(about), *_judged(about)],
        "Settings": _bullets(about.settings.items()),
        "Training": _pictures(folder),
        "Limits": [_LIMITS if about.scoring else _ALIKE],
    }
    parts = (f"{'#' if at == 0 else '##'} {head}\n\n" + "\n".join(body) for at, (head, body) in _filled(sections))
    return "\n\n".join(parts) + "\n"


def with_counting(scores: Mapping[str, Numbers], counting: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """The figures of a model by part, then those of who only counts, named so."""
    return {**scores, **{f"{part}, {_COUNTING}": figures for part, figures in counting.items()}}


def _filled(sections: Mapping[str, list[str]]) -> Iterator[tuple[int, tuple[str, list[str]]]]:
    return enumerate((head, body) for head, body in sections.items() if body)


def _origin(about: About) -> Iterator[tuple[str, Any]]:
    yield "graph", f"{about.graph}, version {about.graph_version or 'empty'}"
    yield "trained", f"{about.trained}, medkg {about.medkg}, on {about.device}, {about.seconds:,.1f} s"
    if about.refitted:
        yield "trained again", "on all facts, once it was measured: the scores are those of before"
    yield "seed", about.seed
    yield "vectors", f"{about.vectors:,} of {about.dimensions} numbers"
    if about.erased:
        yield "records erased", "it was learned from records of which some were erased since: train it again"
    yield "made again by", f"`{about.command}`"
    if about.newcomers:
        yield from _newcomers(about.newcomers)


def _newcomers(added: Newcomers) -> Iterator[tuple[str, Any]]:
    yield "newcomers", f"{added.count:,}, added without training on {added.added}, from {added.facts:,} facts"
    yield "of these", tell_newcomers(added)
    yield "of graph version", f"{added.graph_version}, since they were added"
    yield "by their names alone", added.by_names_alone
    yield "other facts of that graph not learned from", f"{added.not_learned:,}, those held out among them"
    yield "trained concepts in no fact of it", added.gone
    yield "scores and probabilities", "are those of what was trained; of newcomers no probability is told"


def tell_newcomers(added: Newcomers) -> str:
    """How many newcomers are new in the graph, and how many are new to the model alone."""
    told = f"{added.count - added.left_out:,} came into the graph since"
    return f"{told}, {added.left_out:,} were in it and left out by the split" if added.left_out else told


def _division(split: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """How facts were divided, with half a sentence for each reason to leave some out."""
    for name, value in split.items():
        if name in ("not learned from", "in no part"):
            whys = [f"{count:,} {_WHY.get(why, why)}" for why, count in value.items()]
            yield name, "; ".join([*whys, _TRUE_ALL_THE_SAME] if name == "in no part" and whys else whys) or "none"
        elif name != "leaks":
            yield name, value


def _bullets(pairs: Iterable[tuple[str, Any]]) -> list[str]:
    return [f"- {name.replace('_', ' ')}: {_told(value)}" for name, value in pairs]


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return "; ".join(map(_told, value)) or "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _leaks(split: Mapping[str, Any]) -> list[str]:
    """A table of what could be read off the facts learned from; nothing where leaks were not looked for."""
    if "leaks" not in split:
        return []
    heads = ["kind", "part", "facts", "done", "for example"]
    rows = [
        [leak["kind"], leak["part"], f"{leak['facts']:,} of {leak['of']:,}", leak["done"], "; ".join(leak["examples"])]
        for leak in split["leaks"]
    ]
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)] if rows else ["None were found."]


def _scores(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A table of figures, a row a part of the facts; where other figures were taken, they are the columns."""
    names = dict.fromkeys(name for figures in scores.values() for name in figures)
    called = _CARE_FIGURES if "pr_auc" in names else _FIGURES
    ordered = [name for name in called if name in names] + [name for name in names if name not in called]
    if not ordered:
        return []
    heads = ["part", *(called.get(name, name.replace("_", " ")) for name in ordered)]
    rows = [[part, *(_figure(figures.get(name)) for name in ordered)] for part, figures in scores.items()]
    told = [f"\n{_COUNTING_TELLS}"] if any(part.endswith(_COUNTING) for part in scores) else []
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows), *told]


def _worth(about: About) -> list[str]:
    worse = about.tell_worth()
    return [f"\n**{worse}.**"] if worse else []


def _calibrations(about: About) -> list[str]:
    """A table of the curves that make probabilities of scores."""
    if not about.calibrations:
        return []
    keys = ("slope", "intercept", "facts")
    rows = [[_named(name), *(_figure(curve[key]) for key in keys)] for name, curve in about.calibrations.items()]
    return [_row(["of", "slope", "intercept", "answers"]), _row(["---"] * 4), *map(_row, rows), f"\n{_ANSWERS}"]


def _judged(about: About) -> list[str]:
    """A table of how good the probabilities were on test; of all, then by predicate."""
    if not about.judged:
        return []
    heads = ["of", "curve", "answers", "candidates", "squared error", "saying the same", "skill"]
    keys = ("facts", "candidates", "brier", "brier_of_base_rate", "skill")
    rows = [
        [_named(name), _curve(about, name), *(_figure(told[key]) for key in keys)]
        for name, told in about.judged.items()
    ]
    return [f"\n{_SKILL}\n", _row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def _named(predicate: str) -> str:
    return "all predicates" if predicate == "*" else predicate


def _curve(about: About, predicate: str) -> str:
    """Whose curve gives candidates of a predicate their probability."""
    return "each by its own" if predicate == "*" else "own" if predicate in about.calibrations else "of all"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{int(value):,}" if float(value).is_integer() and abs(value) > 1 else f"{value:.4f}"


def _pictures(folder: Path) -> list[str]:
    shown = [f"![{words}]({name})\n" for name, words in ((CURVE, "curve"), (MAP, "map")) if (folder / name).exists()]
    if (folder / MAP_PAGE).exists():
        shown.append(f"[The map with the names of concepts]({MAP_PAGE})")
    return shown
