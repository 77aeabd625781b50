"""The revision of a corrected certificate in the register; the read models are told again, with those of before."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")

# Whoever tells others of the register goes through all of it again, if it was ever read.
_ANOTHER_GENERATION = """
INSERT INTO installation (name, value)
SELECT 'read models generation', '1' WHERE EXISTS (
    SELECT 1 FROM projection_positions WHERE projection = 'read models'
)
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(installation.value AS INTEGER) + 1 AS VARCHAR)
"""


def upgrade() -> None:
    """Give the register its columns, and empty the read models: whoever keeps them reads the log from its beginning."""
    if op.get_bind().dialect.name == "sqlite":
        _anew()  # a file keeps the words in which a table was made, and they are to be those of a new one
    else:
        for column in _new():
            op.add_column("register", column)  # who may read it goes on reading it
    op.execute(sa.text(_ANOTHER_GENERATION))
    for table in ("register", "holders", "audit", "agenda", "worklist"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
    op.execute(sa.text("DELETE FROM projection_positions WHERE projection = 'read models'"))


def _new() -> tuple[sa.Column[int], sa.Column[int]]:
    return sa.Column("revision", sa.Integer), sa.Column("revised_at", sa.BigInteger)


def _anew() -> None:
    op.drop_table("register")
    op.create_table(
        "register",
        sa.Column("certificate", _TEXT, primary_key=True),
        sa.Column("since", sa.BigInteger, primary_key=True),
        sa.Column("status", _TEXT, nullable=False),
        sa.Column("attained", _TEXT),
        sa.Column("edition", _TEXT),
        sa.Column("business_year", sa.Integer),
        sa.Column("period", sa.Integer),
        sa.Column("valid_from", _TEXT, nullable=False),
        sa.Column("valid_until", _TEXT),
        sa.Column("clause", _TEXT, nullable=False),
        sa.Column("rule", _TEXT, nullable=False),
        sa.Column("flag", _TEXT),
        *_new(),
        sqlite_with_rowid=False,
    )
