"""What an operator intends with a whole platform: deploy, destroy, migrate, drain, status, plan, drift."""
