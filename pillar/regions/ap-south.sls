region:
  title: Mumbai
  latitude: 19.08
  longitude: 72.88
  zones: [ap-south-1a, ap-south-1b, ap-south-1c]
  locations: {ec2: ap-south-1, gce: asia-south1}
  location_zones:
    gce: [asia-south1-a, asia-south1-b, asia-south1-c]
