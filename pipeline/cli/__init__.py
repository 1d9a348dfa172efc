"""The command line: `hoso ingest`, `search`, `show`, `citizen`, `checklist`, `doctor`, `up`."""
