import { describe, expect, test } from 'vitest';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';

const file = '/etc/prometheus/prometheus.yml';
const parse = (text: string) => parseScrapeConfigs({ file, text });

const REAL = `
global:
  scrape_interval: 15s
  evaluation_interval: 15s
  sample_limit: 7
  external_labels: {monitor: codelab}
rule_files: ["*.rules"]
alerting: {alertmanagers: []}
remote_write: [{url: "http://x/api/v1/write"}]
scrape_configs:
  - job_name: prometheus
    static_configs:
      - targets: ["localhost:9090", 'other:1']
        labels: {group: production, number: 5}
  - job_name: node
    scrape_interval: 5s
    scrape_timeout: 3s
    scrape_protocols: [PrometheusProto, PrometheusText0.0.4]
    fallback_scrape_protocol: PrometheusText0.0.4
    metrics_path: /probe
    scheme: https
    params: {module: [http_2xx], target: [a, b]}
    honor_labels: true
    honor_timestamps: false
    file_sd_configs: [{files: [targets/*.json, /abs/t.yml], refresh_interval: 1m}]
    http_sd_configs: [{url: "http://sd/", bearer_token: s3cret}]
    basic_auth: {username: u, password_file: secrets/pw}
    tls_config: {ca_file: ca.pem, insecure_skip_verify: true, server_name: name, min_version: TLS12}
    follow_redirects: false
    enable_compression: false
    enable_http2: true
    body_size_limit: 10MB
    label_limit: 30
    relabel_configs:
      - source_labels: [__address__]
        regex: (.+):\\d+
        target_label: host
`;

describe('a real prometheus.yml', () => {
  const config = parse(REAL);

  test('has its jobs with the defaults of the global section', () => {
    const [first, second] = config.jobs;
    expect(first).toMatchObject({
      name: 'prometheus',
      intervalMs: 15_000,
      timeoutMs: 10_000,
      metricsPath: '/metrics',
      scheme: 'http',
      honorLabels: false,
      honorTimestamps: true,
      formats: ['openmetrics', 'text'],
      fallbackFormat: undefined,
      limits: { samples: 7, bodyBytes: 0 },
      staticGroups: [
        {
          targets: ['localhost:9090', 'other:1'],
          labels: new Map([
            ['group', 'production'],
            ['number', '5'],
          ]),
        },
      ],
    });
    expect(second).toMatchObject({
      intervalMs: 5_000,
      timeoutMs: 3_000,
      metricsPath: '/probe',
      scheme: 'https',
      params: new Map([
        ['module', ['http_2xx']],
        ['target', ['a', 'b']],
      ]),
      honorLabels: true,
      honorTimestamps: false,
      formats: ['protobuf', 'text'],
      fallbackFormat: 'text',
      enableCompression: false,
      limits: { samples: 7, bodyBytes: 10 * 1024 * 1024, labels: 30 },
      fileDiscoveries: [{ patterns: ['/etc/prometheus/targets/*.json', '/abs/t.yml'], refreshMs: 60_000 }],
      client: {
        credentials: { kind: 'basic', user: { text: 'u' }, password: { file: '/etc/prometheus/secrets/pw' } },
        tls: { ca: { file: '/etc/prometheus/ca.pem' }, insecureSkipVerify: true, serverName: 'name', minVersion: 'TLSv1.2' },
        followRedirects: false,
      },
    });
    expect(second?.httpDiscoveries[0]).toMatchObject({
      refreshMs: 60_000,
      client: { credentials: { kind: 'token', type: 'Bearer', token: { text: 's3cret' } } },
    });
  });

  test('says what has no effect here', () => {
    expect(config.notices).toEqual([
      `${file}:7: rule_files has no effect here: only global and scrape_configs are read.`,
      `${file}:8: alerting has no effect here: only global and scrape_configs are read.`,
      `${file}:9: remote_write has no effect here: only global and scrape_configs are read.`,
      `${file}:4: global.evaluation_interval has no effect here.`,
      `${file}:6: global.external_labels has no effect here.`,
      `${file}:31: scrape_configs[1].enable_http2 has no effect here.`,
    ]);
  });
});

test('the sections of the embedding file give no notice', () => {
  const { jobs, notices } = parseScrapeConfigs({ file, text: 'listen: 1\nscrape_configs: []\n' }, ['listen']);
  expect([jobs, notices]).toEqual([[], []]);
});

test('anchors and merge keys are followed', () => {
  const { jobs } = parse('scrape_configs:\n- &a\n  job_name: a\n  scrape_interval: 3s\n- <<: *a\n  job_name: b\n');
  expect(jobs.map(({ name, intervalMs }) => [name, intervalMs])).toEqual([
    ['a', 3000],
    ['b', 3000],
  ]);
});

describe('what is wrong is named with file, line and key', () => {
  const job = (lines: string): string => `scrape_configs:\n- job_name: a\n${lines.replace(/^/gm, '  ')}\n`;
  test.each([
    ['a: [', `${file}:1: `],
    ['scrape_configs: {}', `${file}:1: scrape_configs: expected a list.`],
    ['scrape_configs:\n- scheme: http', `${file}:2: scrape_configs[0]: job_name is missing`],
    ['scrape_configs:\n- job_name: a\n- job_name: a', `${file}:3: scrape_configs[1].job_name: there are two jobs called "a"`],
    [
      'global:\n  scrape_interval: 15\nscrape_configs:\n- job_name: a',
      `${file}:2: global.scrape_interval: "15" is not a duration such as 15s or 1m.`,
    ],
    [job('scrape_interval: 0s'), `${file}:3: scrape_configs[0].scrape_interval: "0s" is not a duration`],
    [
      job('scrape_interval: 5s\nscrape_timeout: 6s'),
      `${file}:4: scrape_configs[0].scrape_timeout: 6s is longer than the scrape_interval of 5s.`,
    ],
    [job('scheme: ftp'), `${file}:3: scrape_configs[0].scheme: "ftp" is not one of http, https.`],
    [
      job('scrap_interval: 5s'),
      `${file}:3: scrape_configs[0].scrap_interval: there is no key scrap_interval in a scrape config.`,
    ],
    [
      job('kubernetes_sd_configs: []'),
      `${file}:3: scrape_configs[0].kubernetes_sd_configs: kubernetes_sd_configs is not supported yet; use static_configs`,
    ],
    [job('oauth2: {}'), `${file}:3: scrape_configs[0].oauth2: oauth2 is not supported yet.`],
    [job('honor_labels: "yes"'), `${file}:3: scrape_configs[0].honor_labels: expected true or false.`],
    [job('sample_limit: -1'), `${file}:3: scrape_configs[0].sample_limit: "-1" is not a whole number`],
    [job('body_size_limit: big'), `${file}:3: scrape_configs[0].body_size_limit: "big" is not a size such as 10MB.`],
    [
      job('static_configs:\n- targets: ["http://a:1/metrics"]'),
      `${file}:4: scrape_configs[0].static_configs[0].targets[0]: "http://a:1/metrics" is not host:port`,
    ],
    [
      job('static_configs:\n- target: [a]'),
      `${file}:4: scrape_configs[0].static_configs[0].target: there is no key target here; the keys are targets, labels.`,
    ],
    [
      job("relabel_configs:\n- regex: '('\n  target_label: b"),
      `${file}:4: scrape_configs[0].relabel_configs[0].regex: "(" is not an RE2 expression`,
    ],
    [job('relabel_configs:\n- action: replace'), `${file}:4: scrape_configs[0].relabel_configs[0]: target_label is missing`],
    [
      job('relabel_configs:\n- action: rename'),
      `${file}:4: scrape_configs[0].relabel_configs[0].action: "rename" is not one of replace, keep`,
    ],
    [
      job('relabel_configs:\n- {action: hashmod, target_label: b}'),
      `${file}:4: scrape_configs[0].relabel_configs[0]: modulus is missing`,
    ],
    [
      job('file_sd_configs: [{files: [targets.txt]}]'),
      `${file}:3: scrape_configs[0].file_sd_configs[0].files[0]: "targets.txt" does not end in`,
    ],
    [
      job('http_sd_configs: [{url: sd}]'),
      `${file}:3: scrape_configs[0].http_sd_configs[0].url: "sd" is not an http or https URL.`,
    ],
    [
      job('basic_auth: {username: a}\nbearer_token: b'),
      `${file}:2: scrape_configs[0]: only one of basic_auth, bearer_token may be there.`,
    ],
    [
      job('tls_config: {cert_file: a}'),
      `${file}:3: scrape_configs[0].tls_config: cert_file and key_file must be there together.`,
    ],
    [job('job_name: b'), `${file}:3: Map keys must be unique`],
  ])('%j', (text, sentence) => {
    expect(() => parse(text)).toThrow(sentence);
  });
});
