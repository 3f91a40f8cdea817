Java answers:
  cmd.run:
    - name: java -version
    - stateful: false
    - unless: java -version
