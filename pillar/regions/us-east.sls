region:
  title: N. Virginia
  latitude: 38.95
  longitude: -77.45
  zones: [us-east-1a, us-east-1b, us-east-1c]
  locations: {ec2: us-east-1, gce: us-east4, azure_arm: eastus}
  location_zones:
    gce: [us-east4-a, us-east4-b, us-east4-c]
    azure_arm: ['1', '2', '3']
