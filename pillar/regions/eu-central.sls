region:
  title: Frankfurt
  latitude: 50.11
  longitude: 8.68
  zones: [eu-central-1a, eu-central-1b, eu-central-1c]
  locations: {ec2: eu-central-1, gce: europe-west3, azure_arm: germanywestcentral}
  location_zones:
    gce: [europe-west3-a, europe-west3-b, europe-west3-c]
    azure_arm: ['1', '2', '3']
