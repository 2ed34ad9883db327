import { QueryError } from '@vitrine/model/sample-store.ts';
import type { SourceCheck } from '../../contract.ts';
import { askElastic, asObject, asText } from './ask-elastic.ts';
import { languageName, languagesOf } from './code/ask-code.ts';
import { isOfType, knownFields } from './known-fields.ts';
import { timeFieldOf } from './prepare.ts';
import type { ElasticsearchSettings } from './spec.ts';

const OLDEST = '7.10';

/** Whether a server answers searches, what it is, and whether the documents have the time field. Throws QueryError with what is wrong. */
export async function checkElastic(
  settings: ElasticsearchSettings,
  fetchFrom: typeof fetch,
  signal: AbortSignal,
): Promise<SourceCheck> {
  const root = await askElastic(settings, fetchFrom, { method: 'GET', path: '', signal });
  const build = asObject(root['version']);
  const isOpen = build['distribution'] === 'opensearch';
  const version = asText(build['number']);
  const product = isOpen ? 'OpenSearch' : 'Elasticsearch';
  if (version === '')
    throw new QueryError(
      'execution',
      `What answers at ${settings.url.href} is neither Elasticsearch nor OpenSearch. Is the address that of the server itself?`,
    );
  if (!isOpen && isOlder(version))
    throw new QueryError('execution', `Elasticsearch ${version} is too old: this source asks as ${OLDEST} and newer understand.`);
  const { fields, indices } = await knownFields(settings, fetchFrom, signal);
  const time = timeFieldOf(settings);
  if (fields.length === 0)
    return {
      product,
      version,
      notes: [`No index "${settings.index}" holds documents yet, so that the time field cannot be checked.`],
    };
  const field = fields.find(({ name }) => name === time);
  if (field === undefined) {
    const dates = fields.filter((one) => isOfType(one, 'date')).map(({ name }) => name);
    const instead = dates.length === 0 ? '' : ` Fields that hold times are ${dates.slice(0, 5).join(', ')}.`;
    throw new QueryError('execution', `No document of "${settings.index}" has the time field "${time}".${instead}`);
  }
  if (!field.types.every((type) => isOfType({ types: [type] }, 'date')))
    throw new QueryError('execution', `The time field "${time}" is of the type ${field.types.join(', ')}, and must be a date.`);
  const languages = (await languagesOf(settings, fetchFrom, isOpen, signal)).map(languageName);
  return {
    product,
    version,
    notes: [
      indices.length === 1 ? `Finds the index ${indices[0]}.` : `Finds ${indices.length} indices.`,
      ...(isOpen ? ['OpenSearch has no top metrics and no rate.'] : []),
      languages.length === 0
        ? `It speaks no ${isOpen ? 'SQL and no PPL' : 'ES|QL and no SQL'}: queries are written in Lucene’s words.`
        : `It also speaks ${languages.join(' and ')}.`,
    ],
  };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 7 || (major === 7 && minor < 10);
}
