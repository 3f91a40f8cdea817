# Names of the region's nodes, which no name server of a cloud knows. The local cloud's network resolves them.
{%- if pillar.get('hosts') %}
/etc/hosts:
  file.blockreplace:
    - marker_start: '# Nodes of the region, by Salt (formula node)'
    - marker_end: '# End of the nodes of the region'
    - append_if_not_found: true
    - content: |
{%- for address, names in pillar.hosts | dictsort %}
        {{ address }} {{ names | join(' ') }}
{%- endfor %}

# Else it would write /etc/hosts anew at the next boot.
/etc/cloud/cloud.cfg.d/99-meridian-hosts.cfg:
  file.managed:
    - makedirs: true
    - mode: '0644'
    - contents: 'manage_etc_hosts: false'
{%- endif %}
