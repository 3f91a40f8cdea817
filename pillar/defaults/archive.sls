archive:
  bucket: archive
  topics: [flights, canary]     # names, or regular expressions that match whole names
  exclude: []                   # likewise; wins over `topics`
  segment:                      # a Parquet object is closed at whichever comes first
    max_records: 50000
    max_bytes: 33554432         # bytes before compression
    max_age_seconds: 10         # age of the oldest record not yet stored, as seen by the archiver

objectstore:
  port: 7070                    # S3 over TLS
  region_name: us-east-1        # the region's name in S3 signatures
  directory: /var/lib/meridian/objectstore  # data/<bucket>/… are the objects as files, iam/ the users
