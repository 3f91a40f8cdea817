# What `./meridian plan` counts with. Prices of machines come from libcloud's price data, by provider, size and
# location; what stands here wins over them. Where neither has a price the plan says `unknown`, never zero. The
# data are as old as libcloud (3.9.1: of March 2025) and not right for every size: put in what you really pay.
#   currency   of all prices here and in the plan
#   per_usd    how much of it a US dollar is; libcloud's prices are in dollars, and count with another currency only
#              when this is set
#   machines   per hour: {<provider alias or libcloud's name>: {<provider's size>: {<location or any>: price}}}
#   volumes    per GB and month: {<the same>: {<volume type>: {<location or any>: price}}}
# For example, your own contract:
#   machines: {ec2: {m5.large: {us-east-1: 0.081, any: 0.09}}, openstack: {m1.medium: {any: 0.04}}}
#   volumes: {ec2: {gp3: {any: 0.08}}}
# The local cloud costs nothing. Traffic, public addresses and the disk that a machine starts from are not counted.
prices:
  currency: USD
  per_usd: null
  machines: {}
  volumes: {}
