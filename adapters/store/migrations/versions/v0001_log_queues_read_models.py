"""The log, positions, what was set aside, private texts and the read models."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out, not imported: what a revision makes stays the same whatever becomes of the program.
_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_LOG_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_REFUSES = "history is never rewritten"

_SQLITE = [
    f"CREATE TRIGGER stored_events_no_{verb.lower()} BEFORE {verb} ON stored_events "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSES}'); END"
    for verb in ("UPDATE", "DELETE")
]

# ALWAYS: also in a session that replicates, where triggers are silent else.
_POSTGRESQL = [
    f"""
    CREATE FUNCTION history_is_never_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{_REFUSES}' USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    """
    CREATE TRIGGER stored_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION history_is_never_rewritten()
    """,
    "ALTER TABLE stored_events ENABLE ALWAYS TRIGGER stored_events_stay",
]


def upgrade() -> None:
    """Make everything in an empty database."""
    _log()
    _positions()
    _set_aside()
    _read_models()


def _log() -> None:
    op.create_table(
        "stored_events",
        sa.Column("notification_id", _WHOLE, primary_key=True, autoincrement=False),
        sa.Column("originator_id", _LOG_TEXT, nullable=False),
        sa.Column("originator_version", _WHOLE, nullable=False),
        sa.Column("topic", _LOG_TEXT, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("originator_id", "originator_version"),
        sqlite_autoincrement=True,
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(sa.text(statement))


def _positions() -> None:
    tracking = op.create_table(
        "tracking",
        sa.Column("application_name", _LOG_TEXT, primary_key=True),
        sa.Column("notification_id", _WHOLE),
        sqlite_with_rowid=False,
    )
    # By this row the event sourcing library knows that the table has one row for each source; without it, it would put
    # the table away and make another.
    op.bulk_insert(tracking, [{"application_name": "__migration__", "notification_id": 1}])
    op.create_table(
        "installation",
        sa.Column("name", _TEXT, primary_key=True),
        sa.Column("value", _TEXT, nullable=False),
    )
    op.create_table(
        "projection_positions",
        sa.Column("projection", _TEXT, primary_key=True),
        sa.Column("position", _WHOLE, nullable=False),
    )
    op.create_table(
        "sources",
        sa.Column("name", _TEXT, primary_key=True),
        sa.Column("cluster", _TEXT, nullable=False),
        sa.Column("topic", _TEXT, nullable=False),
        sa.Column("topic_id", _TEXT, nullable=False),
        sa.Column("partition", sa.BigInteger, nullable=False),
        sa.Column("read_until", sa.BigInteger),
        sa.Column("end_offset", sa.BigInteger),
        sa.Column("scheme_facts", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("seen_at", sa.BigInteger),
    )
    op.create_table(
        "published",
        sa.Column("topic", _TEXT, primary_key=True),
        sa.Column("key", _TEXT, primary_key=True),
        sa.Column("hash", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )


def _set_aside() -> None:
    op.create_table(
        "rejected",
        sa.Column("number", _WHOLE, primary_key=True, autoincrement=True),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("position", _WHOLE, nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("whole", sa.Integer, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("rejected_once", "rejected", ["source", "position", "hash"], unique=True)
    op.create_table(
        "parked",
        sa.Column("number", _WHOLE, primary_key=True, autoincrement=True),
        sa.Column("subject", _TEXT, nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("position", _WHOLE, nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("awaits", _TEXT),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.Column("since", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("note", _TEXT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parked_subject", "parked", ["subject"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("parked_waiting", "parked", ["number"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "private",
        sa.Column("reference", _TEXT, primary_key=True),
        sa.Column("subject", _TEXT, nullable=False),
        sa.Column("fact", _TEXT, nullable=False),
        sa.Column("field", _TEXT, nullable=False),
        sa.Column("text", _TEXT, nullable=False),
    )
    op.create_index("ix_private_subject", "private", ["subject"])


def _read_models() -> None:
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
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holders",
        sa.Column("subject", _TEXT, primary_key=True),
        sa.Column("name", _TEXT),
        sa.Column("folded", _TEXT),
        sa.Column("pib", _TEXT),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("certificates", sa.Integer, nullable=False),
    )
    op.create_index("holders_by_pib", "holders", ["pib"])
    op.create_index("holders_by_due", "holders", ["due_at"])
    op.create_table(
        "audit",
        sa.Column("position", _WHOLE, primary_key=True, autoincrement=False),
        sa.Column("stream", _TEXT, nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("effective_at", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("cause", _TEXT),
        sa.Column("source", _TEXT),
        sa.Column("actor", _TEXT),
        sa.Column("role", _TEXT),
        sa.Column("rule", _TEXT),
        sa.Column("editions", _TEXT),
    )
    op.create_index("audit_by_stream", "audit", ["stream"])
    op.create_table(
        "agenda",
        sa.Column("subject", _TEXT, primary_key=True),
        sa.Column("about", _TEXT, primary_key=True),
        sa.Column("what", _TEXT, primary_key=True),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("rule", _TEXT, nullable=False),
        sa.Column("whose", _TEXT, nullable=False),
        sa.Column("term", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("agenda_by_due", "agenda", ["due_at"])
    op.create_table(
        "tasks",
        sa.Column("stream", _TEXT, primary_key=True),
        sa.Column("version", _WHOLE, primary_key=True),
        sa.Column("task", _TEXT, nullable=False),
        sa.Column("about", _TEXT, nullable=False),
        sa.Column("recommendation", _TEXT, nullable=False),
        sa.Column("rule", _TEXT),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
