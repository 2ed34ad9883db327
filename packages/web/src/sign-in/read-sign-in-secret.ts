import { BadRequest } from '@vitrine/model/bad-request.ts';

/** The secret in what somebody pasted: a whole sign-in link, with what a terminal may have put around it, or the secret itself. */
export function readSignInSecret(text: string): string {
  const pasted = text.trim().replace(/^[<"'(]+|[>"'),.]+$/g, '');
  const token = URL.canParse(pasted) ? new URL(pasted).searchParams.get('token') : pasted.replace(/^.*[?&]?token=/, '');
  if (token === null || token === '') throw new BadRequest('link', 'there is no token in it; it looks like …/sign-in?token=…');
  if (token.startsWith('vitrine_')) {
    throw new BadRequest(
      'link',
      'this is a token for programs; a page needs a sign-in link, and "vitrine token link" prints one',
    );
  }
  if (!/^[\w-]{8,200}$/.test(token)) throw new BadRequest('link', 'this is neither a sign-in link nor the token in one');
  return token;
}
