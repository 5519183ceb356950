"""Revisions of the tables, which alembic runs one after the other; each is written once and never changed."""
