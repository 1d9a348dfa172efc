"""One file a technology: the only place with sockets, files and subprocesses."""
