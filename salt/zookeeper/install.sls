ZooKeeper's user:
  user.present:
    - name: zookeeper
    - system: true
    - createhome: false
    - home: /nonexistent
    - shell: /usr/sbin/nologin

ZooKeeper's jars:
  meridian_artifact.installed:
    - names:
      - zookeeper
      - zookeeper-access
