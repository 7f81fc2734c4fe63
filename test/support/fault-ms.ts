/** Durations of faults are a soak's; FAULT_SCALE=0.1 makes a short run of them. Never below `leastMs`. */
export function faultMs(soakMs: number, leastMs: number): number {
  return Math.max(leastMs, soakMs * Number(process.env['FAULT_SCALE'] ?? '0.1'));
}
