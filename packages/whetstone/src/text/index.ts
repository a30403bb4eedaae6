export { CountVectorizer, CountVectorizerModel } from "./count-vectorizer.ts";
export { HashingVectorizer, HashingVectorizerModel } from "./hashing-vectorizer.ts";
export { murmurHash3 } from "./murmur-hash.ts";
export { TfidfTransformer, TfidfTransformerModel } from "./tfidf-transformer.ts";
export { TfidfVectorizer, TfidfVectorizerModel } from "./tfidf-vectorizer.ts";
