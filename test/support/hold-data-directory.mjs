// Holds an embedded Postgres in a process of its own, so that a test can kill it.
// Arguments: the url of the transpiled lib's front door, the data directory.
const [moduleUrl, dataDir] = process.argv.slice(2);
const { startEmbeddedPostgres } = await import(moduleUrl);
const server = await startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '64MB' } });
// A Ctrl-C in the terminal reaches the whole foreground group; this parent goes on.
process.on('SIGINT', () => process.stdout.write('interrupted\n'));
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`);
setInterval(() => undefined, 60_000);
