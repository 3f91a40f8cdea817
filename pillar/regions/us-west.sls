region:
  title: Oregon
  latitude: 45.84
  longitude: -119.70
  zones: [us-west-2a, us-west-2b, us-west-2c]
  locations: {ec2: us-west-2, gce: us-west1}
  location_zones:
    gce: [us-west1-a, us-west1-b, us-west1-c]
