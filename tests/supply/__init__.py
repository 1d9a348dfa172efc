"""What hoso is made of: its parts, their licences, and what is known to be wrong with them."""
