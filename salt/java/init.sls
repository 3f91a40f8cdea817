include:
  - java.install
