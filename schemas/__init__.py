"""What is written down: frozen values, and the catalogue of papers and procedures as data."""
