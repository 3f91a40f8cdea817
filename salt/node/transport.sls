# The node's certificate towards the Salt master, renewed in place: the minion reads it at each new connection.
{%- for name, key, mode in [('minion.key', 'key', '0400'), ('minion.pem', 'certificate', '0644'), ('ca.pem', 'ca', '0644')] %}
/etc/salt/pki/minion/tls/{{ name }}:
  file.managed:
    - contents_pillar: transport:{{ key }}
    - mode: '{{ mode }}'
    - makedirs: true
    - show_changes: false
{%- endfor %}
