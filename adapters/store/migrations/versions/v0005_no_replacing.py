"""No event may take another's place: SQLite's REPLACE deletes without asking the trigger that refuses to delete."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Refuse an event whose id or place in its stream is taken; PostgreSQL's own trigger sees every UPDATE."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER stored_events_no_replace BEFORE INSERT ON stored_events WHEN EXISTS ("
            "SELECT 1 FROM stored_events WHERE originator_id=NEW.originator_id "
            "AND originator_version=NEW.originator_version"
            ") OR EXISTS (SELECT 1 FROM stored_events WHERE notification_id=NEW.notification_id) "
            "BEGIN SELECT RAISE(ABORT, 'history is never rewritten'); END"
        )
