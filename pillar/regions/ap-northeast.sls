region:
  title: Tokyo
  latitude: 35.68
  longitude: 139.69
  zones: [ap-northeast-1a, ap-northeast-1c, ap-northeast-1d]
