"""REST over HTTPS: one table of routes, from which requests are checked and the description is made."""
