# Certificates of nodes, services and the operator, signed by the environment's own CA (made at the first
# deployment, good for ten years; put your own ca.pem and ca.key into .platform/secrets/<environment>/pki
# before that to use them).
pki:
  validity_days: 365
  renew_before_days: 30         # the deployment that finds less than this left renews
