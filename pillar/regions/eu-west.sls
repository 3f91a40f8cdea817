region:
  title: Ireland
  latitude: 53.35
  longitude: -6.26
  zones: [eu-west-1a, eu-west-1b, eu-west-1c]
