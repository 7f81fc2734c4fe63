import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes usage to Kafka as a structured CloudEvent. Needs kafka-clients on the class path:
 *
 *   KAFKA_BROKERS=127.0.0.1:9092 java -cp 'libs/*' examples/producers/UsageProducer.java
 */
public final class UsageProducer {
  private static final String EVENT =
      """
      {"specversion":"1.0","id":"%s","source":"/gateway/eu","type":"llm.completion","subject":"acme","time":"%s","data":{"project":"search","user":"u-17","model":"large","input_tokens":1200,"output_tokens":310}}
      """;

  public static void main(String[] args) throws Exception {
    var environment = System.getenv();
    var settings =
        Map.<String, Object>of(
            "bootstrap.servers", environment.getOrDefault("KAFKA_BROKERS", "127.0.0.1:9092"),
            "enable.idempotence", true,
            "acks", "all",
            "compression.type", "lz4");
    var topic = environment.getOrDefault("CREDITFOLD_TOPIC", "usage.v1");
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      // The id names the event for ever: whoever sends it again sends it with the same id, and it is charged once.
      var event = EVENT.formatted(UUID.randomUUID(), Instant.now()).strip();
      var usage = new ProducerRecord<>(topic, "acme", event);
      usage.headers().add("content-type", "application/cloudevents+json".getBytes(StandardCharsets.UTF_8));
      // Waiting for the answer is the only proof that the record is durable.
      var written = producer.send(usage).get();
      System.out.println(topic + "/" + written.partition() + " at offset " + written.offset());
    }
  }
}
