"""What else somebody would take: the same facts, from the same Kafka into the same PostgreSQL, by other machinery."""
