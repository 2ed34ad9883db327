/** Why the server cannot start: a sentence for whoever typed the command. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
