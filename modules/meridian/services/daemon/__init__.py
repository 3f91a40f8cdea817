"""What our services on nodes have in common: how they begin, consume, and tell how they are.

``command`` and ``consuming`` need confluent-kafka, the rest only the standard library: Salt reads it too.
"""
