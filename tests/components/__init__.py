"""The real components that the engine works with, set up by itself: Apache Kafka and PostgreSQL."""
