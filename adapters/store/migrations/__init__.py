"""How the schema of an installation came to be: one revision after the other, for both databases.

A new one is a module `versions/v<number>_<what>.py` with the next number, written out for SQLite and PostgreSQL; that
number is `HEAD` in adapters/store/schema.py. What it lacks, or does otherwise than the tables say, tests/test_schema.py
tells. A revision that was released is never edited.
"""
