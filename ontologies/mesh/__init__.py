"""The forms in which NLM gives out MeSH: descriptors and supplementary concepts as XML, and both as N-Triples."""
