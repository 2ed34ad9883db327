/** Resolves at the first SIGINT or SIGTERM. At a second one the process ends at once, as an impatient person expects. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals): void => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.removeListener(name, stop);
        process.once(name, () => process.exit(1));
      }
      resolve(signal);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
