"""Where services are now, told to the node's own proxy: addresses that stay while servers move.

Standard library only: it runs on every node, all the time, and shall cost next to nothing.
"""
