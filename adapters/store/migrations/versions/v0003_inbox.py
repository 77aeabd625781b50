"""The messages that came into the legal inbox, and which of them wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "inbox",
        sa.Column("number", _WHOLE, primary_key=True, autoincrement=True),
        sa.Column("message", _TEXT, nullable=False, unique=True),
        sa.Column("state", _TEXT, nullable=False, index=True),
        sa.Column("reason", _TEXT),
        sa.Column("subject", _TEXT, index=True),
        sa.Column("order_number", _TEXT),
        sa.Column("sender", _TEXT),
        sa.Column("sent_at", _TEXT),
        sa.Column("taken_at", _TEXT, nullable=False),
        sa.Column("due_at", _TEXT, nullable=False),
        sa.Column("acknowledged_at", _TEXT),
        sqlite_autoincrement=True,
    )
