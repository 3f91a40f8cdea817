"""Machines at any provider of libcloud: accounts, making and removing them, prices, bootstrap."""
