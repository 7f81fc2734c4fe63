import { usageFeedContract } from '@app/usage-feed/testing';
import { kafkaUnderTest } from '../support/kafka/kafka-under-test.js';

usageFeedContract('Kafka', () => kafkaUnderTest(), 'self-kept');
