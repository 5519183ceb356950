"""Metrics, their intervals, and the official scores of each edition, exactly as the organisers compute them."""
