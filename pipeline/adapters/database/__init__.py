"""The tables of hoso in SQLite or PostgreSQL, with one code for both. `engine.open_database` is the way in."""
