region:
  title: Frankfurt
  latitude: 50.11
  longitude: 8.68
  zones: [eu-central-1a, eu-central-1b, eu-central-1c]
