"""Facts about messages in the legal inbox (DNB-4.15)."""

from domain.facts.vocabulary import CompanyFact, Hash, OrderNumber, PrivateAddress


class MessageFact(CompanyFact):
    """A fact about one message, which is kept raw under its SHA-256."""

    message: Hash


class MessageReceived(MessageFact):
    """A message came in that concerns this company; `time` is when it was sent (GEN-7).

    `automatic` says that no person waits for an answer: a program, a list or a robot sent it.
    """

    order: OrderNumber | None = None
    sender: PrivateAddress | None = None
    automatic: bool = False


class MessageAcknowledged(MessageFact):
    """Its sender was told that it was received."""
