# The region's apps, applied on one server. Definitions stay in pillar, so that nothing of them is in the arguments of
# a state. An app that is gone from pillar stays: `salt-call marathon.app_absent` takes it.
{%- from "marathon/map.jinja" import marathon with context %}
{%- for id in marathon.groups | sort %}

Group {{ id }}:
  marathon.group:
    - name: {{ id }}
    - timeout: {{ marathon.app_seconds }}
{%- endfor %}
{%- for id in marathon.apps | sort %}

App {{ id }}:
  marathon.app:
    - name: {{ id }}
    - timeout: {{ marathon.app_seconds }}
{%- endfor %}
{%- if not marathon.apps and not marathon.groups %}

No apps in pillar:
  test.nop
{%- endif %}
