"""Publishes usage to Kafka as a structured CloudEvent.

    pip install confluent-kafka
    KAFKA_BROKERS=127.0.0.1:9092 python examples/producers/python-producer.py

librdkafka places keys by CRC32 unless it is told otherwise: with murmur2_random they go where Java's and ours go.
"""

import os
import sys

from confluent_kafka import Producer

EVENT = """
{"specversion":"1.0","id":"req-8f1d","source":"/gateway/eu","type":"llm.completion","subject":"acme","time":"2026-11-20T10:00:00.123Z","data":{"project":"search","user":"u-17","model":"large","input_tokens":1200,"output_tokens":310}}
"""

failures = []


def delivered(error, message):
    if error is not None:
        failures.append(error)
    else:
        print(f"{message.topic()}/{message.partition()} at offset {message.offset()}")


producer = Producer(
    {
        "bootstrap.servers": os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"),
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "linger.ms": 20,
    }
)
producer.produce(
    os.environ.get("CREDITFOLD_TOPIC", "usage.v1"),
    key="acme",
    value=EVENT.strip(),
    headers={"content-type": "application/cloudevents+json"},
    on_delivery=delivered,
)
producer.flush(30)
sys.exit(1 if failures or len(producer) > 0 else 0)
