"""Keys in a file, on a token and at a service; signatures, time stamps, and the mark that shows them."""
