/** The reference of the library as the page receives it. Fields whose comment says so are HTML made at build time. */
export type ApiKind = "estimator" | "model" | "class" | "function" | "constant" | "type";

export interface ApiName {
  readonly name: string;
  readonly kind: ApiKind;
  /** One sentence, plain text. */
  readonly summary: string;
}

export interface ApiChapter {
  readonly id: string;
  readonly title: string;
  /** What a program imports it from: `"whetstone/linear"`. */
  readonly from: string;
  readonly names: readonly ApiName[];
}

export interface ApiParam {
  readonly name: string;
  /** HTML. */
  readonly doc: string;
  /** What is accepted, in words; absent for arguments of functions, whose types the signature has. */
  readonly accepts?: string;
  readonly default?: string;
}

export interface ApiMember {
  readonly name: string;
  /** HTML. */
  readonly signature: string;
  /** HTML. */
  readonly doc: string;
  /** The class it is inherited from. */
  readonly from?: string;
}

/** One line of an example: its code as HTML, and the value it gave when the studio was built. */
export interface ApiLine {
  readonly code: string;
  readonly value?: string;
}

export interface ApiEntry extends ApiName {
  /** HTML. */
  readonly signature: string;
  /** HTML. */
  readonly description: string;
  readonly params: readonly ApiParam[];
  /** HTML. */
  readonly returns: string;
  /** HTML, each. */
  readonly throws: readonly string[];
  /** HTML, each. */
  readonly sources: readonly string[];
  readonly members: readonly ApiMember[];
  readonly examples: readonly (readonly ApiLine[])[];
  readonly cards: readonly { readonly id: string; readonly title: string }[];
}

export const apiHref = (chapter: string, name?: string): string =>
  `#/api/${chapter}${name === undefined ? "" : `/${name}`}`;
