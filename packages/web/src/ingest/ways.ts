/** One way to send: what it is for, and what to copy. */
export interface Way {
  readonly door: string;
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

/** Ways to send to the server at `origin`, such as http://localhost:9470, with a token or a word that stands for one. */
export function waysToSend(origin: string, token: string): readonly Way[] {
  const { hostname } = new URL(origin);
  return [
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
      text: 'Once the server runs with --ingest.graphite 127.0.0.1:2003:',
      code: `echo 'site.power.watts 412 -1' | nc -N ${hostname} 2003\n`,
    },
    {
      door: 'statsd',
      title: 'Something that speaks StatsD',
      text: 'Once the server runs with --ingest.statsd 127.0.0.1:8125:',
      code: `printf 'requests:1|c' | nc -u -w1 ${hostname} 8125\n`,
    },
  ];
}
