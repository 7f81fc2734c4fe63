// The health check of a container: exits with 0 when its process answers the path with success.
// Usage: node deploy/docker/probe.mjs /health/ready
const url = new URL(process.argv[2], `http://127.0.0.1:${process.env.PORT ?? '3000'}`);
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  process.exitCode = status === 200 ? 0 : 1;
} catch {
  process.exitCode = 1;
}
