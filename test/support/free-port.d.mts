/** A port of 127.0.0.1 on which nothing listens, and which the system gives to nobody by itself. */
export function freePort(): Promise<number>;
