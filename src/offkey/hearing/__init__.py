"""Recordings and streams to feature vectors: sources, windows, the extractor, the identity of a clip."""
