region:
  title: Ireland
  latitude: 53.35
  longitude: -6.26
  zones: [eu-west-1a, eu-west-1b, eu-west-1c]
  locations: {ec2: eu-west-1, azure_arm: northeurope}
  location_zones:
    azure_arm: ['1', '2', '3']
