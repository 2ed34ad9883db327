import { Labels } from '@vitrine/model/labels.ts';
import type { TokenBearer } from '../auth/tokens.ts';

/** Who brings samples through one of the doors. */
export interface Sender {
  /** Tells senders apart: equal ids are one sender, whichever door they take. */
  readonly id: string;
  /** What people call it: a token's name, a scrape job's; "" where only the address is known. */
  readonly name: string;
  /** Where it sends from, or what is scraped; "" where that is not known. */
  readonly address: string;
  /** Put on every series that it brings, over what it says itself: so one team's token cannot write as another team. */
  readonly labels: Labels;
}

/** A sender of which nothing but the address is known. */
export function senderAt(address: string): Sender {
  return { id: `address ${address}`, name: '', address, labels: Labels.empty };
}

/** Whoever sends with a token. */
export function senderOfToken({ id, name, labels }: Pick<TokenBearer, 'id' | 'name' | 'labels'>, address: string): Sender {
  return { id: `token ${id}`, name, address, labels };
}
