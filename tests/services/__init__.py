"""Real services for tests, thrown away afterwards: plain context managers, usable from anywhere."""
