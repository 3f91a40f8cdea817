region:
  title: Oregon
  latitude: 45.84
  longitude: -119.70
  zones: [us-west-2a, us-west-2b, us-west-2c]
