"""What runs on a node itself: volumes, firewall, facts."""
