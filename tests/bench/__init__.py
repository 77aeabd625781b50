"""What `make bench` measures: the engine, the library's own way and the raw limit of the database, side by side."""
