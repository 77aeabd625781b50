"""The worklist in the place of the tasks; the read models are told again, so that it has what was open before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the worklist, and empty the other read models: whoever keeps them reads the log from its beginning."""
    op.drop_table("tasks")
    op.create_table(
        "worklist",
        sa.Column("subject", _TEXT, primary_key=True),
        sa.Column("key", _TEXT, primary_key=True),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("order_number", _TEXT),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("what", _TEXT, nullable=False),
        sa.Column("waits_for", _TEXT, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("rule", _TEXT),
        sa.Column("assigned_to", _TEXT),
        sa.Column("breached", sa.Boolean(create_constraint=False), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("worklist_by_due", "worklist", ["due_at"])
    for table in ("register", "holders", "audit", "agenda"):
        op.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
    # What is told of them anew is another generation: the register's topic is compared with it.
    op.execute(
        sa.text(
            "INSERT INTO installation (name, value) SELECT 'read models generation', '1' FROM projection_positions "
            "WHERE projection = 'read models' "
            "ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(installation.value AS INTEGER) + 1 AS VARCHAR)"
        )
    )
    op.execute(sa.text("DELETE FROM projection_positions WHERE projection = 'read models'"))
