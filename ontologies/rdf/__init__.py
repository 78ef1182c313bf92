"""RDF of any form as things that have names: what OWL ontologies, SKOS schemes and OBO graphs say of concepts."""
