"""What our services on nodes have in common: how they tell systemd, people and programs how they are.

Standard library only: it goes into each service's artifact.
"""
