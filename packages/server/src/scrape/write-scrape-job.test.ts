import { expect, test } from 'vitest';
import { parseScrapeConfigs } from './parse-scrape-configs.ts';
import { writeScrapeJob } from './write-scrape-job.ts';

function jobOf(entry: string) {
  return parseScrapeConfigs({ file: 'prometheus.yml', text: `scrape_configs:\n- ${entry.trimEnd().replaceAll('\n', '\n  ')}\n` })
    .jobs[0]!;
}

test.each([
  ['nothing but a name', '{job_name: a}'],
  ['native histograms', '{job_name: a, scrape_native_histograms: true, always_scrape_classic_histograms: true}'],
  ['limits of histograms', '{job_name: a, native_histogram_bucket_limit: 40, native_histogram_min_bucket_factor: 1.1}'],
  [
    'formats',
    '{job_name: a, scrape_protocols: [PrometheusText1.0.0, PrometheusProto], fallback_scrape_protocol: OpenMetricsText0.0.1}',
  ],
  ['limits', '{job_name: a, sample_limit: 5, body_size_limit: 1MB, honor_timestamps: false}'],
])('a job with %s that is written is read as it was', (_, entry) => {
  const job = jobOf(entry);
  expect(jobOf(writeScrapeJob(job))).toEqual(job);
});
