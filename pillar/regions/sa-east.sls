region:
  title: São Paulo
  latitude: -23.55
  longitude: -46.63
  zones: [sa-east-1a, sa-east-1b, sa-east-1c]
