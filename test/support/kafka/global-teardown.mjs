/** Ends the broker that the setup started, and no other. */
export default async function stopBroker() {
  await globalThis.creditfoldTestBroker?.stop();
}
