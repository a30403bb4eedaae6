"""Text vectorisers of scikit-learn.

    /usr/bin/python3 reference/text/make_vectorizers.py
"""
import json
import pathlib

import sklearn
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.utils import murmurhash3_32

OUT = pathlib.Path(__file__).parents[1] / "values/text/vectorizers.json"
texts = [
    "The quick brown fox jumps over the lazy dog, the fox!",
    "A dog's life: dogs, cats and foxes.\tTabs\u00a0and  spaces\n\nlines",
    "Caf\u00e9 na\u00efve \u00c5ngstr\u00f6m \u0130stanbul \ufb01sh e\u0301t\u00e9 x\u00b2 \u2167 \u0967\u0968",
    "\u043a\u043e\u0442 \u0438 \u043f\u0451\u0441 \u0438\u0434\u0443\u0442; \u732b\u306f\u72ac \ud55c\uad6d\uc5b4 \u0939\u093f\u0928\u094d\u0926\u0940 \u05e9\u05b8\u05dc\u05d5\u05b9\u05dd",
    "under_score 3.14 42 a b c \U0001d518\U0001d52b\U0001d526 \U0001f600 \uff41\uff42 zz\x1czz\x85y",
    "the the the fox fox dog",
    "lazy lazy cats jump",
]
new = ["the lazy cat and the foxes", "", "nothing known here \U0001f600", "Fox dog \u00e9t\u00e9 42"]
WB = dict(analyzer="charWb")
options = [
    {}, dict(lowercase=False), dict(stripAccents="unicode"), dict(stripAccents="ascii"), dict(ngramRange=[1, 2]),
    dict(ngramRange=[2, 3]), dict(analyzer="char"), dict(analyzer="char", ngramRange=[2, 4]), dict(WB, ngramRange=[1, 1]),
    dict(WB, ngramRange=[3, 5]), dict(minDf=2), dict(maxDf=0.3), dict(minDf=0.25, maxDf=3), dict(maxFeatures=3),
    dict(binary=True), dict(stopWords=["the", "and", "fox"]), dict(stopWords=["fox"], ngramRange=[1, 2]),
    dict(vocabulary=["fox", "dog", "unseen", "the"]), dict(tokenPattern=r"[a-z]+"), dict(tokenPattern=r"([a-z])[a-z]*"),
]
NAMES = dict(stripAccents="strip_accents", ngramRange="ngram_range", minDf="min_df", maxDf="max_df",
             maxFeatures="max_features", stopWords="stop_words", tokenPattern="token_pattern", sublinearTf="sublinear_tf",
             smoothIdf="smooth_idf", useIdf="use_idf", nFeatures="n_features", alternateSign="alternate_sign")


def python(o):
    out = {NAMES.get(k, k): v for k, v in o.items()}
    if out.get("analyzer") == "charWb":
        out["analyzer"] = "char_wb"
    if "ngram_range" in out:
        out["ngram_range"] = tuple(out["ngram_range"])
    return out


def sparse(M):
    M = M.tocsr()
    M.sort_indices()
    M.eliminate_zeros()
    return dict(values=[float(v) for v in M.data], indices=M.indices.tolist(), indptr=M.indptr.tolist(), cols=M.shape[1])


count = []
for o in options:
    m = CountVectorizer(**python(o))
    X = m.fit_transform(texts)
    count.append(dict(params=o, terms=m.get_feature_names_out().tolist(), fitted=sparse(X), new=sparse(m.transform(new))))
tfidf = []
for o in [{}, dict(norm="l1"), dict(norm=None), dict(sublinearTf=True), dict(smoothIdf=False), dict(useIdf=False),
          dict(sublinearTf=True, ngramRange=[1, 2], minDf=2, norm="l1"), dict(binary=True)]:
    m = TfidfVectorizer(**python(o))
    X = m.fit_transform(texts)
    tfidf.append(dict(params=o, fitted=sparse(X), new=sparse(m.transform(new)), idf=m.idf_.tolist() if m.use_idf else None))
hashing = []
for o in [{}, dict(nFeatures=16), dict(nFeatures=7, alternateSign=False, norm=None), dict(nFeatures=50, norm="l1", ngramRange=[1, 2]),
          dict(analyzer="char", ngramRange=[1, 3], nFeatures=1000, norm=None), dict(binary=True, nFeatures=4096)]:
    m = HashingVectorizer(**python(o))
    hashing.append(dict(params=o, new=sparse(m.transform(texts + new))))
hashes = [[s, int(murmurhash3_32(s, seed=seed)), seed] for s in ["", "a", "ab", "abc", "abcd", "abcde", "foo", "\u00e9t\u00e9", "\U0001f600", "x" * 100]
          for seed in (0, 42)]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(dict(versions=dict(sklearn=sklearn.__version__), texts=texts, extra=new, count=count, tfidf=tfidf,
                               hashing=hashing, hashes=hashes), separators=(",", ":")) + "\n")
