"""The production form measured: facts from a real Kafka, one PostgreSQL below, and what users would pick instead."""
