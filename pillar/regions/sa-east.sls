region:
  title: São Paulo
  latitude: -23.55
  longitude: -46.63
  zones: [sa-east-1a, sa-east-1b, sa-east-1c]
  locations: {ec2: sa-east-1, gce: southamerica-east1, azure_arm: brazilsouth}
  location_zones:
    gce: [southamerica-east1-a, southamerica-east1-b, southamerica-east1-c]
    azure_arm: ['1', '2', '3']
