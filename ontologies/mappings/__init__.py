"""Which CURIEs of several vocabularies name one concept, on what grounds, and where the grounds disagree."""
