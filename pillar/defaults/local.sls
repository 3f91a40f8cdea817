# Only where the provider is `local`.
local:
  wan: true                     # false: regions reach one another without delay, past the WAN gateways
  network: null                 # IPv4 network of this clone, a /16; null: the first free one from 10.213.0.0/16
  # Milliseconds there and back between regions, each pair once. Assumed, in the order of what clouds show between these places.
  round_trip_ms:
    us-east: {us-west: 66, eu-west: 75, eu-central: 92, ap-south: 195, ap-northeast: 152, sa-east: 114, central: 12}
    us-west: {eu-west: 124, eu-central: 144, ap-south: 220, ap-northeast: 98, sa-east: 176, central: 50}
    eu-west: {eu-central: 25, ap-south: 124, ap-northeast: 204, sa-east: 178, central: 86}
    eu-central: {ap-south: 116, ap-northeast: 226, sa-east: 204, central: 101}
    ap-south: {ap-northeast: 126, sa-east: 302, central: 202}
    ap-northeast: {sa-east: 256, central: 142}
    sa-east: {central: 123}
