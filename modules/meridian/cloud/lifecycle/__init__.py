"""Decisions on machines at any provider: what to make, try again and take away, and in which order.

Knows nothing of Salt and of no provider; ``operations`` carries it out.
"""
