"""Mirror flows: MirrorMaker 2 on Kafka Connect, made from pillar and judged by what arrives."""
