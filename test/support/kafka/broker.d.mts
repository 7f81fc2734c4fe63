/** The directory with Kafka's jars, fetched when it is empty. @throws when Java or Maven is missing */
export function kafkaJars(): string;
/** The arguments of `java` that run one of Kafka's own classes. */
export function kafkaClass(jars: string, name: string, args: readonly string[]): string[];

/** Listeners that ask for more than the plain one does. */
interface SecuredListeners {
  /** `SSL` or `SASL_SSL`, by the listener's name. */
  readonly protocols: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** As Kafka's storage tool takes them: `SCRAM-SHA-256=[name=…,password=…]`. */
  readonly scramUsers: readonly string[];
}

/** One broker of our own: it can be killed, and started again on the same port and data. */
export class TestBroker {
  constructor(secured?: SecuredListeners);
  get jars(): string;
  /** `host:port`, for clients. */
  get brokers(): string;
  /** `host:port` of a further listener. */
  listener(name: string): string;
  start(): Promise<this>;
  /** Resolves when a killed process is gone. */
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
}

/** The Kafka that KAFKA_BROKERS names, or else a broker of our own, which `stop` ends. @throws without Java or Maven */
export function useBroker(): Promise<{ readonly brokers: string; stop(): Promise<void> }>;
