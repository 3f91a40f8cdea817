region:
  title: Tokyo
  latitude: 35.68
  longitude: 139.69
  zones: [ap-northeast-1a, ap-northeast-1c, ap-northeast-1d]
  locations: {ec2: ap-northeast-1, gce: asia-northeast1, azure_arm: japaneast}
  location_zones:
    gce: [asia-northeast1-a, asia-northeast1-b, asia-northeast1-c]
    azure_arm: ['1', '2', '3']
