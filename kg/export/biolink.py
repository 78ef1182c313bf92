"""How the Biolink model (biolink/biolink-model 4.x) calls what a graph holds: kinds, prefixes, and how we know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model import Evidence, Fact, Status
from kg.predicates import PREDICATES
from ontologies.model import CONDITIONS, Kind

#: What stands where the model has no predicate of ours; `original_predicate` says which it was.
RELATED = "biolink:related_to"

#: Kind → category.
CATEGORIES = {
    Kind.DRUG: "biolink:Drug",
    Kind.DRUG_CLASS: "biolink:ChemicalEntity",
    Kind.DISEASE: "biolink:Disease",
    Kind.FINDING: "biolink:PhenotypicFeature",
    Kind.TEST: "biolink:ClinicalAttribute",
    Kind.PROCEDURE: "biolink:Procedure",
    Kind.PROTEIN: "biolink:Protein",
    Kind.ORGANISM: "biolink:OrganismTaxon",
    Kind.ANATOMY: "biolink:AnatomicalEntity",
    Kind.FOOD: "biolink:Food",
    Kind.DOSAGE_FORM: "biolink:NamedThing",
    Kind.ROUTE: "biolink:NamedThing",
    Kind.MECHANISM: "biolink:BiologicalProcess",
    Kind.ORGANIZATION: "biolink:Agent",
    Kind.QUANTITY: "biolink:NamedThing",
    Kind.OTHER: "biolink:NamedThing",
}

_QUOTED = {ord(sign): f"%{ord(sign):02X}" for sign in "%/: <>()|\t\r\n"}

#: Our prefix → that of the model, where they differ.
PREFIXES = {
    "rxnorm": "RXCUI",
    "drugbank": "DRUGBANK",
    "unii": "UNII",
    "mesh": "MESH",
    "icd10": "ICD10",
    "icd9cm": "ICD9",
    "loinc": "LOINC",
    "umls": "UMLS",
    "snomedct": "SNOMEDCT",
    "meddra": "MEDDRA",
    "omim": "OMIM",
    "uniprot": "UniProtKB",
    "ncbigene": "NCBIGene",
    "hgnc": "HGNC",
    "cas": "CAS",
    "cpt": "CPT",
    "hcpcs": "HCPCS",
}

_ASSOCIATION = "biolink:Association"
_TREATMENT = "biolink:ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation"
_ASSOCIATIONS = {
    "indicated_for": _TREATMENT,
    "not_indicated_for": _TREATMENT,
    "contraindicated_in": _TREATMENT,
    "prescribed_for": _TREATMENT,
    "causes_adverse_event": "biolink:ChemicalOrDrugOrTreatmentSideEffectAssociation",
    "warns_of": "biolink:ChemicalOrDrugOrTreatmentAdverseEventAssociation",
}

#: Reader → the resource that its documents come from (infores.org).
_RESOURCES = {"spl": "infores:dailymed", "openfda": "infores:openfda", "sider": "infores:sider"}
OWN_RESOURCE = "infores:medkg"

# Knowledge level and agent type (Translator's KL/AT standard) by what found a row: parts of labels that are codes are
# assertions of their authors; what rules read in sentences and tables is text mining, of which the standard says
# not_provided; what is counted over records is statistics.
_CODED = ("knowledge_assertion", "automated_agent")
_MINED = ("not_provided", "text_mining_agent")
_COUNTED = ("statistical_association", "data_analysis_pipeline")


@dataclass(frozen=True, slots=True)
class Edge:
    """What the model says of a fact."""

    predicate: str
    negated: bool
    category: str
    level: str
    agent: str


def describe_fact(fact: Fact, rows: Iterable[Evidence]) -> Edge:
    """What the model says of a fact with its evidence.

    What denies another predicate is that predicate, negated; so is a fact that is itself only denied. A denied denial
    affirms nothing: it is merely related.
    """
    known = PREDICATES[fact.predicate]
    denied, opposed = fact.status is Status.NEGATIVE, PREDICATES.get(known.negative_of)
    predicate, negated = known.biolink or RELATED, denied
    if opposed is not None and not known.biolink:
        predicate, negated = (RELATED, False) if denied else (opposed.biolink, True)
    return Edge(predicate, negated, _association(fact), *_known_by(rows))


def write_id(curie: str) -> str:
    """A CURIE with the prefix that the model prefers, without what KGX takes for no CURIE (percent-encoded)."""
    prefix, colon, local = curie.partition(":")
    return f"{PREFIXES.get(prefix, prefix)}{colon}{local.translate(_QUOTED)}"


def resource_of(source: str) -> str:
    """The resource that documents of a reader come from."""
    return _RESOURCES.get(source, OWN_RESOURCE)


def _association(fact: Fact) -> str:
    fits = fact.subject.kind in (Kind.DRUG, Kind.DRUG_CLASS) and fact.object.kind in CONDITIONS
    return _ASSOCIATIONS.get(fact.predicate, _ASSOCIATION) if fits else _ASSOCIATION


def _known_by(rows: Iterable[Evidence]) -> tuple[str, str]:
    best = next(iter(rows), None)
    if best is None:
        return _MINED
    if best.extractor.startswith("records/"):
        return _COUNTED
    return _CODED if best.extractor == "coded" else _MINED
