"""What every other package may use: errors, paths, files, processes, HTTP, TLS and secrets."""
