"""The predicates of the graph, one table: what may stand on either side, and what opposes what."""

from __future__ import annotations

from dataclasses import dataclass

from ontologies.model import CONDITIONS, Kind

_DRUG = frozenset({Kind.DRUG, Kind.DRUG_CLASS})
_ANY = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate with its labels, its Biolink mapping, the kinds of its subject and object, and its relatives."""

    name: str
    label: str
    label_zh: str
    biolink: str
    domain: frozenset[Kind] = _DRUG
    range: frozenset[Kind] = CONDITIONS
    symmetric: bool = False
    inverse: str = ""
    negative_of: str = ""
    """The predicate that this one denies; a fact of each about the same pair is a conflict."""
    use: bool = False
    """Whether it says that the subject is given for the object: what is against one such use is against all of them."""


_TABLE = (
    Predicate("indicated_for", "indicated for", "适应症", "biolink:treats", use=True),
    Predicate("not_indicated_for", "not indicated for", "不适用于", "", negative_of="indicated_for"),
    Predicate(
        "contraindicated_in",
        "contraindicated in",
        "禁忌",
        "biolink:contraindicated_in",
        range=CONDITIONS | _DRUG | {Kind.PROCEDURE, Kind.FOOD, Kind.OTHER},
        negative_of="indicated_for",
    ),
    Predicate("causes_adverse_event", "causes adverse event", "不良反应", "biolink:has_side_effect"),
    Predicate(
        "interacts_with",
        "interacts with",
        "相互作用",
        "biolink:interacts_with",
        range=_DRUG | {Kind.FOOD, Kind.PROTEIN},
        symmetric=True,
    ),
    Predicate("warns_of", "warns of", "警告", "biolink:has_adverse_event", range=CONDITIONS | _DRUG | {Kind.OTHER}),
    Predicate(
        "has_active_ingredient", "has active ingredient", "活性成份", "biolink:has_active_ingredient", range=_DRUG
    ),
    Predicate("has_inactive_ingredient", "has inactive ingredient", "辅料", "biolink:has_excipient", range=_ANY),
    Predicate("has_dosage_form", "has dosage form", "剂型", "", range=frozenset({Kind.DOSAGE_FORM})),
    Predicate("has_route", "has route", "给药途径", "", range=frozenset({Kind.ROUTE})),
    Predicate("has_strength", "has strength", "规格", "", range=frozenset({Kind.QUANTITY})),
    Predicate(
        "has_pharmacologic_class",
        "has pharmacologic class",
        "药理类别",
        "biolink:subclass_of",
        range=frozenset({Kind.DRUG_CLASS, Kind.MECHANISM}),
    ),
    Predicate(
        "has_mechanism_of_action",
        "has mechanism of action",
        "作用机制",
        "biolink:affects",
        range=frozenset({Kind.MECHANISM, Kind.PROTEIN, Kind.DRUG_CLASS}),
    ),
    Predicate(
        "metabolized_by", "metabolized by", "经由代谢", "biolink:is_substrate_of", range=frozenset({Kind.PROTEIN})
    ),
    Predicate("affects_exposure_of", "affects exposure of", "影响暴露量", "biolink:affects", range=_DRUG),
    Predicate(
        "manufactured_by", "manufactured by", "生产企业", "biolink:produced_by", range=frozenset({Kind.ORGANIZATION})
    ),
    Predicate("has_dose", "has dose", "剂量", "", range=frozenset({Kind.QUANTITY})),
    Predicate("subclass_of", "subclass of", "属于", "biolink:subclass_of", domain=_ANY, range=_ANY),
    Predicate("same_as", "same as", "等同于", "biolink:same_as", domain=_ANY, range=_ANY, symmetric=True),
    Predicate("has_phenotype", "has phenotype", "临床表现", "biolink:has_phenotype", domain=CONDITIONS),
    Predicate("complication_of", "complication of", "并发症", "", domain=CONDITIONS),
    Predicate(
        "diagnosed_by",
        "diagnosed by",
        "诊断依据",
        "biolink:is_diagnosed_by",
        domain=CONDITIONS,
        range=frozenset({Kind.TEST, Kind.PROCEDURE}),
    ),
    Predicate(
        "treated_by_procedure",
        "treated by procedure",
        "手术治疗",
        "biolink:treated_by",
        domain=CONDITIONS,
        range=frozenset({Kind.PROCEDURE}),
    ),
    Predicate(
        "located_in", "located in", "部位", "biolink:located_in", domain=CONDITIONS, range=frozenset({Kind.ANATOMY})
    ),
    Predicate(
        "co_occurs_with",
        "co-occurs with",
        "共现",
        "biolink:occurs_together_in_literature_with",
        domain=_ANY,
        range=_ANY,
        symmetric=True,
    ),
    Predicate(
        "prescribed_for", "prescribed for", "处方用于", "biolink:treats_or_applied_or_studied_to_treat", use=True
    ),
)

#: Every predicate by its name.
PREDICATES = {predicate.name: predicate for predicate in _TABLE}

#: Pairs of predicates that oppose each other about one pair of concepts.
OPPOSITES = tuple((p.name, p.negative_of) for p in _TABLE if p.negative_of)

#: Predicates that say what a subject is given for.
USES = tuple(p.name for p in _TABLE if p.use)


def find_opposing(name: str) -> tuple[str, ...]:
    """The predicates whose facts speak against one of this predicate; of a use, those that deny any use."""
    ours = USES if PREDICATES[name].use else (name,)
    return tuple(p.name for p in _TABLE if p.negative_of in ours or p.name == PREDICATES[name].negative_of)
