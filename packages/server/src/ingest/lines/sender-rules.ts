import { BlockList, isIP } from 'node:net';
import { Labels } from '@vitrine/model/labels.ts';
import { type Sender, senderAt } from '../sender.ts';
import { labelNameOf } from './metric-name.ts';

/** Who may send through doors that know no tokens, and the labels that are put on what they send. */
export interface SenderRules {
  /** undefined where the address may not send. */
  senderAt(address: string): Sender | undefined;
}

export const EVERYBODY: SenderRules = { senderAt };

/**
 * Reads "10.1.0.0/16 team=vision, 192.168.7.9": addresses or networks with what is to be told of each, of which the first that
 * fits counts. "" is everybody. Throws an Error whose message goes after the key's name.
 */
export function readSenderRules(text: string): SenderRules {
  const rules = text
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map(readRule);
  if (rules.length === 0) return EVERYBODY;
  return {
    senderAt(address) {
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      const rule = rules.find(({ network }) => network.check(address, family));
      return rule === undefined ? undefined : { ...senderAt(address), labels: rule.labels };
    },
  };
}

function readRule(rule: string): { readonly network: BlockList; readonly labels: Labels } {
  const [written = '', ...pairs] = rule.split(/\s+/);
  const [, address = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(written) ?? [];
  const bits = isIP(address) === 6 ? 128 : 32;
  const prefix = digits === undefined ? bits : Number(digits);
  if (isIP(address) === 0 || prefix > bits)
    throw new Error(`"${written}" is no address or network, such as 10.1.0.0/16 or fd00::/8`);
  const network = new BlockList();
  network.addSubnet(address, prefix, bits === 128 ? 'ipv6' : 'ipv4');
  const labels = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0));
    if (name === '' || name !== labelNameOf(name) || name.startsWith('__') || at === pair.length - 1)
      throw new Error(`"${pair}" behind ${written} is no label, such as team=vision`);
    return [name, pair.slice(at + 1)];
  });
  return { network, labels: Labels.from(labels) };
}
