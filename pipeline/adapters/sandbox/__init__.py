"""What keeps a parser process in: the kernel's own means, each by a few system calls."""
