#!/bin/sh
# Publishes one usage event over HTTP; 202 means that it is durable. On 503, or without an answer, send the same again:
# the id names the event for ever, and it is charged once.
#   CREDITFOLD_API_KEY=cf_… examples/producers/curl.sh
set -eu
URL="${CREDITFOLD_URL:-http://127.0.0.1:3000}"
ID="${EVENT_ID:-req-$(date +%s)-$$}"
TIME="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
EVENT=$(cat <<JSON
{"specversion":"1.0","id":"$ID","source":"/gateway/eu","type":"llm.completion","subject":"acme","time":"$TIME","data":{"project":"search","user":"u-17","model":"large","input_tokens":1200,"output_tokens":310}}
JSON
)
curl --fail-with-body --silent --show-error \
  --retry 5 --retry-delay 1 --retry-all-errors \
  --header "Authorization: Bearer ${CREDITFOLD_API_KEY}" \
  --header 'Content-Type: application/cloudevents+json' \
  --data "$EVENT" \
  "$URL/v1/events"
echo
