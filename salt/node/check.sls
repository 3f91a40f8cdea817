# Each route is in the kernel's table. Changes nothing.
{%- for route in pillar.get('routes', []) %}
Route to {{ route.network }}:
  cmd.run:
    - name: "echo 'no route to {{ route.network }} via {{ route.via }}; see systemctl status meridian-routes'; exit 1"
    - unless: ip route show {{ route.network }} via {{ route.via }} | grep -q .
{%- endfor %}
