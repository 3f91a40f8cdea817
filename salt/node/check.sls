# Each route is in the kernel's table, each volume mounted, the firewall in effect. Changes nothing.
{%- for route in pillar.get('routes', []) %}
Route to {{ route.network }}:
  cmd.run:
    - name: "echo 'no route to {{ route.network }} via {{ route.via }}; see systemctl status meridian-routes'; exit 1"
    - unless: ip route show {{ route.network }} via {{ route.via }} | grep -q .
{%- endfor %}

{%- for volume in pillar.get('volumes', []) %}
Volume {{ volume.name }}:
  cmd.run:
    - name: "echo 'nothing is mounted on {{ volume.mount }}; see meridian_disk.plan'; exit 1"
    - unless: mountpoint -q {{ volume.mount }}
{%- endfor %}

{%- if pillar.firewall is defined %}
Firewall of the node:
  cmd.run:
    - name: "echo 'the rules in effect differ; see meridian_firewall.difference'; exit 1"
    - onlyif:
      - fun: meridian_firewall.difference
{%- endif %}
