/** A failure the user can act on: printed as one sentence, without a stack. Exit code 1, or 2 for wrong usage. */
export class Failure extends Error {
  readonly exitCode: 1 | 2;

  constructor(sentence: string, exitCode: 1 | 2 = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

export const usage = (sentence: string): Failure => new Failure(sentence, 2);
