"""Facts in from Apache Kafka; events, register, notices and dead letters out to it."""
