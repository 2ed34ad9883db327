import type { Labels } from '@vitrine/model/labels.ts';
import { type Discovery, discoverFiles, discoverHttp } from './discovery.ts';
import { HttpClient } from './http-client.ts';
import { RelabelRegex } from './relabel.ts';
import type { ScrapeJob, TargetGroup } from './scrape-config.ts';
import { type ScrapeContext, ScrapeLoop } from './scrape-loop.ts';
import { resolveTarget, type Target } from './target.ts';

/** The targets of one job: those that are scraped, those that relabelling drops. */
export class ScrapePool {
  #job: ScrapeJob;
  #client: HttpClient;
  readonly #context: ScrapeContext;
  readonly #groups = new Map<string, readonly TargetGroup[]>();
  #discoveries: readonly Discovery[] = [];
  #discoveryPrint = '';
  readonly #loops = new Map<string, ScrapeLoop>();
  #dropped: readonly Labels[] = [];
  /** Loops that are ending; what they still write is waited for. */
  readonly #ending = new Set<Promise<void>>();
  #warned = '';

  constructor(job: ScrapeJob, context: ScrapeContext) {
    this.#job = job;
    this.#context = context;
    this.#client = new HttpClient(job.client);
    this.#discover();
  }

  get job(): ScrapeJob {
    return this.#job;
  }

  get loops(): Iterable<ScrapeLoop> {
    return this.#loops.values();
  }

  get dropped(): readonly Labels[] {
    return this.#dropped;
  }

  /** Takes a job of the same name. Targets that stay the same go on without a gap. */
  apply(job: ScrapeJob): void {
    if (fingerprint(job) === fingerprint(this.#job)) return;
    const former = this.#client;
    this.#job = job;
    this.#client = new HttpClient(job.client);
    for (const loop of this.#loops.values()) loop.reconfigure(job, this.#client);
    this.#end(former.close());
    this.#discover();
  }

  /** Ends all loops. `markStale` says that the job is gone, rather than that this process ends. */
  async stop(markStale: boolean): Promise<void> {
    for (const loop of this.#loops.values()) this.#end(loop.stop(markStale));
    this.#loops.clear();
    for (const discovery of this.#discoveries) this.#end(discovery.stop());
    this.#end(this.#client.close());
    await Promise.all(this.#ending);
  }

  #discover(): void {
    this.#groups.set('static', this.#job.staticGroups);
    const { fileDiscoveries, httpDiscoveries } = this.#job;
    const print = fingerprint({ fileDiscoveries, httpDiscoveries });
    if (print !== this.#discoveryPrint) {
      this.#discoveryPrint = print;
      for (const discovery of this.#discoveries) this.#end(discovery.stop());
      for (const source of this.#groups.keys()) if (source !== 'static') this.#groups.delete(source);
      const onGroups = (source: string, groups: readonly TargetGroup[]): void => {
        this.#groups.set(source, groups);
        this.#sync();
      };
      this.#discoveries = [
        ...fileDiscoveries.map((discovery) => discoverFiles(discovery, this.#context, onGroups)),
        ...httpDiscoveries.map((discovery) => discoverHttp(discovery, this.#context, onGroups)),
      ];
    }
    this.#sync();
  }

  #sync(): void {
    const targets = new Map<string, Target>();
    const dropped: Labels[] = [];
    const problems: string[] = [];
    for (const group of [...this.#groups.values()].flat()) {
      for (const address of group.targets) {
        const outcome = resolveTarget(this.#job, address, group.labels);
        if (outcome.kind === 'target') targets.set(outcome.target.id, outcome.target);
        else dropped.push(outcome.discoveredLabels);
        if (outcome.kind === 'refused') problems.push(`${address}: ${outcome.problem}`);
      }
    }
    this.#dropped = dropped;
    this.#warnOnce(problems.join('; '));

    for (const [id, loop] of this.#loops) {
      if (targets.has(id)) continue;
      this.#loops.delete(id);
      this.#end(loop.stop(true));
    }
    const limit = this.#job.limits.targets;
    const refusal =
      limit > 0 && targets.size > limit ? `the job has ${targets.size} targets; the target_limit is ${limit}` : undefined;
    for (const [id, target] of targets) {
      let loop = this.#loops.get(id);
      if (loop === undefined) {
        loop = new ScrapeLoop(target, this.#job, this.#client, this.#context);
        this.#loops.set(id, loop);
        loop.start();
      }
      loop.refuse(refusal);
    }
  }

  #warnOnce(problems: string): void {
    if (problems !== this.#warned && problems !== '') {
      this.#context.log.warn({ job: this.#job.name, problems }, 'Some targets cannot be scraped as they are.');
    }
    this.#warned = problems;
  }

  #end(ending: Promise<void>): void {
    const settled = ending.finally(() => this.#ending.delete(settled));
    this.#ending.add(settled);
  }
}

/** Equal for configurations that mean the same. */
function fingerprint(config: object): string {
  return JSON.stringify(config, (_, value: unknown) => {
    if (value instanceof Map) return [...value];
    return value instanceof RelabelRegex ? value.source : value;
  });
}
