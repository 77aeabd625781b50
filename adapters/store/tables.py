"""The tables of the log and of the positions up to which it, and what comes in, has been read."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, UniqueConstraint, text
from sqlalchemy import Text as Unbounded

from projections.batch import Text, Whole, metadata

# As the event sourcing library calls the type of its columns.
_LogText = Unbounded().with_variant(Unbounded(collation="C"), "postgresql")

# The log. On PostgreSQL an event's position has no default: the append function gives it, without gaps and in the order
# in which readers see it, and whoever writes past that function fails.
stored_events = Table(
    "stored_events",
    metadata,
    Column("notification_id", Whole, primary_key=True, autoincrement=False),
    Column("originator_id", _LogText, nullable=False),
    Column("originator_version", Whole, nullable=False),
    Column("topic", _LogText, nullable=False),
    Column("state", LargeBinary, nullable=False),
    UniqueConstraint("originator_id", "originator_version"),
    sqlite_autoincrement=True,
)

# How far each source was read; the library's table, one row for each source.
tracking = Table(
    "tracking",
    metadata,
    Column("application_name", _LogText, primary_key=True),
    Column("notification_id", Whole),
    sqlite_with_rowid=False,
)

installation = Table(
    "installation", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

positions = Table(
    "projection_positions",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("position", Whole, nullable=False),
)

# The partitions that facts come from. Everything that a partition held at `read_until` has been read (null: never);
# `end_offset` is where it ended when last seen, `scheme_facts` how many facts of the scheme it has brought. Times are
# microseconds since 1970.
sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cluster", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("topic_id", Text, nullable=False),
    Column("partition", BigInteger, nullable=False),
    Column("read_until", BigInteger),
    Column("end_offset", BigInteger),
    Column("scheme_facts", BigInteger, nullable=False, server_default=text("0")),
    Column("seen_at", BigInteger),
)

# What a compacted topic was last told under each key, by its hash: what is the same isn't told again.
published = Table(
    "published",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    sqlite_with_rowid=False,
)
