"""Every provider through one suite, over the answers that libcloud's authors recorded of the real ones."""
