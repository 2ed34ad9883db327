import type { User } from '../documents/document-store.ts';
import type { Caller } from './guard.ts';

/** Who is behind a request, as what they save names them. */
export interface Author {
  readonly userId: number;
  /** A user's name, or a token's. */
  readonly name: string;
  readonly role: User['role'];
}

/** Nobody in particular: a caller on this machine. */
const LOCAL: Author = { userId: 0, name: 'local', role: 'viewer' };

export function authorOf(caller: Caller | undefined): Author {
  switch (caller?.kind) {
    case 'user':
      return { userId: caller.user.id, name: caller.user.name, role: caller.user.role };
    case 'token':
      return {
        userId: caller.user.id,
        name: caller.name === '' ? caller.user.name : caller.name,
        role: caller.scopes.includes('admin') ? caller.user.role : 'viewer',
      };
    default:
      return LOCAL;
  }
}
