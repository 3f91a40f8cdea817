# What `./meridian verify` follows through the platform.
#   origins           region that the flights of an airport are produced in; an environment says which
#   delayed_minutes   flights that departed later than this must reach the centre
verification:
  canary: {topic: canary}
  flights: {topic: flights, delayed_minutes: 15}
