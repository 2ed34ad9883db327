import type { LineAddress, LineAddresses } from './ingest-queries.ts';

/** One way to send: what it is for, and what to copy. */
export interface Way {
  readonly door: string;
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

/** Ways to send to the server at `origin`, such as http://localhost:9470, with a token or a word that stands for one. */
export function waysToSend(origin: string, token: string, listening: LineAddresses = {}): readonly Way[] {
  const { hostname } = new URL(origin);
  const graphite = lineDoor('graphite', listening.graphite, 2003, hostname);
  const statsd = lineDoor('statsd', listening.statsd, 8125, hostname);
  return [
    {
      door: 'mlflow',
      title: 'A training that logs to MLflow',
      text: 'It stays as it is, also where Lightning or Hugging Face log for it. Set in its environment:',
      code: `export MLFLOW_TRACKING_URI=${origin}\nexport MLFLOW_TRACKING_TOKEN=${token}\n`,
    },
    {
      door: 'tensorboard',
      title: 'A training that writes for TensorBoard',
      text: 'Start Vitrine on the folder that it writes to, or follow that from the page Runs:',
      code: 'npx vitrine serve --logdir runs/\n',
    },
    {
      door: 'scrape',
      title: 'A training or service with a Prometheus client',
      text: 'It sends nothing: point Vitrine at its /metrics in vitrine.yaml. With a metric called train_step, the others are curves over steps:',
      code: `scrape_configs:\n  - job_name: training\n    scrape_interval: 5s\n    static_configs:\n      - targets: ['127.0.0.1:8000']\n`,
    },
    {
      door: 'runs',
      title: 'A file that a training left behind',
      text: 'Hugging Face’s trainer_state.json, a CSV of metrics, JSON lines or a log becomes a run:',
      code: `curl --data-binary @metrics.csv -H 'Authorization: Bearer ${token}' '${origin}/api/runs/files?file=metrics.csv&project=digits'\n`,
    },
    {
      door: 'pushgateway',
      title: 'A job that ends',
      text: 'Its last numbers stay until they are deleted. As with Prometheus’ Pushgateway, whose clients work too:',
      code: `echo 'job_rows 42' | curl --data-binary @- -H 'Authorization: Bearer ${token}' ${origin}/metrics/job/nightly\n`,
    },
    {
      door: 'otlp',
      title: 'A program with OpenTelemetry',
      text: 'Set in its environment, where it exports over HTTP:',
      code: [
        `export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${origin}/v1/metrics`,
        `export OTEL_EXPORTER_OTLP_HEADERS='Authorization=Bearer%20${token}'`,
        'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
        '',
      ].join('\n'),
    },
    {
      door: 'remote write',
      title: 'Prometheus, or an agent like it',
      text: 'In prometheus.yml:',
      code: `remote_write:\n  - url: ${origin}/api/v1/write\n    authorization:\n      credentials: ${token}\n`,
    },
    {
      door: 'line protocol',
      title: 'Telegraf, or a client of InfluxDB',
      text: 'Give it this address and the token, or send lines yourself:',
      code: `curl --data-binary 'gpu,host=a utilization=0.93' -H 'Authorization: Token ${token}' '${origin}/api/v2/write?bucket=gpus'\n`,
    },
    {
      door: 'graphite',
      title: 'Something that speaks Graphite',
      text: graphite.text,
      code: `echo 'site.power.watts 412 -1' | nc -N ${graphite.address}\n`,
    },
    {
      door: 'statsd',
      title: 'Something that speaks StatsD',
      text: statsd.text,
      code: `printf 'requests:1|c' | nc -u -w1 ${statsd.address}\n`,
    },
  ];
}

const EVERY_HOST = new Set(['0.0.0.0', '::']);

/** What to say of a door that may be shut, and where a program finds it, as `nc` takes it. */
function lineDoor(key: string, at: LineAddress | undefined, usualPort: number, hostname: string) {
  if (at === undefined)
    return { text: `Once the server runs with --ingest.${key} 127.0.0.1:${usualPort}:`, address: `${hostname} ${usualPort}` };
  // Who listens on every address is found where the page was.
  const host = EVERY_HOST.has(at.host) ? hostname.replaceAll(/[[\]]/g, '') : at.host;
  return {
    text: `The server listens on port ${at.port} of ${EVERY_HOST.has(at.host) ? 'every address' : at.host}, TCP and UDP:`,
    address: `${host} ${at.port}`,
  };
}
