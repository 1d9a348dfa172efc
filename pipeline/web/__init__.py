"""Counter pages and the JSON API."""
