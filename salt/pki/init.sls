include:
  - pki.install
  - pki.config
