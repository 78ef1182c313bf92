"""Extraction and assembly apart: extracted documents lie in files, sorted, until one writer puts them into a graph."""
