"""The W3C Reconciliation Service API, version 0.2, over the lexicon: how OpenRefine aligns a column."""
