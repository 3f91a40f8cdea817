region:
  title: Mumbai
  latitude: 19.08
  longitude: 72.88
  zones: [ap-south-1a, ap-south-1b, ap-south-1c]
