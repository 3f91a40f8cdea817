region:
  title: N. Virginia
  latitude: 38.95
  longitude: -77.45
  zones: [us-east-1a, us-east-1b, us-east-1c]
