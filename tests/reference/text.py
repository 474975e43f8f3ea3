#!/usr/bin/python3
"""Expected values for words, TF-IDF weights and dates, by Python, scikit-learn and pandas.

    text.py           writes text.json beside this script
    text.py --check   computes it anew and fails if the committed file differs

Python's letters are those of its Unicode version. A newer one knows more characters, so what is
compared are the characters that the version of the committed file had assigned.
"""

import argparse
import datetime
import json
import re
import sys
import unicodedata
from pathlib import Path

import pandas as pd
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from make_reference import differences

REFERENCE = Path(__file__).resolve().parent / "text.json"

TEXTS = [
    "",
    "   ",
    "The quick brown Fox, the lazy dog; the END.",
    "a I x1 x_1 __ _ 42 3.14 1,000 don't e-mail C++ C#",
    "Übergrößenträger in Österreich: STRASSE, Straße, ẞ",
    "L'été, où ça? ŒUVRE ŒDÈME garçon À LA CARTE",
    "İstanbul, DİYARBAKIR; Iğdır ılık",
    "ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ. ΣΑΣ Σ ΑΣ' ΑΣ'Α ΑΣ.Α 1Σ ΣΣ ΑΣ\u0301 ΑΣ\u0301Α ⅣΣ ªΣ ⓐΣ ΑΣ-Α ΑΣ\u00adΑ",
    "Съешь ещё этих мягких французских булок, да выпей чаю",
    "你好,世界!我爱机器学习。 日本語のテキスト 한국어 텍스트",
    "नमस्ते दुनिया हिन्दी में पाठ",
    "مرحبا بالعالم ١٢٣ العربية",
    "שלום עולם",
    "ไทยภาษา",
    "cafe\u0301 cafés ﬁne ﬂow ½ ¼kg x² H₂O ⅫⅣ",
    "𝐁𝐨𝐥𝐝 𐐀𐐁𐐂 👍🏽 smile 😀 ok",
    "line\nbreak\ttab\u00a0nbsp\u2003em\u200bzero\u0085next",
    "ǅungla Ǆ Ǉubav ΐ ᾼ ΌΣΟΣ",
]

CORPUS = [
    "The cat sat on the mat. The CAT slept!",
    "A dog chased the cat; the dog barked, barked and barked.",
    "Der Hund und die Katze: größer als größe ist GRÖSSE",
    "le chat dort, le chat rêve, LE CHAT",
    "",
    "Ὁ γάτος ΚΟΙΜΑΤΑΙ και ο ΣΚΥΛΟΣ κοιμαται",
    "кошка спит, КОШКА мурлычет",
    "a b c !",
    "机器 学习 机器 cat 2024 2024 2024 x_1",
]

DATES = [
    "1970-01-01",
    "2024-02-29",
    "2000-02-29T12:34:56",
    "1999-12-31 23:59:59.999",
    "1969-12-31T23:59:59.5",
    "1900-03-01T00:00",
    "2023-01-01T00:00:00Z",
    "2023-06-15T10:20:30.25+02:00",
    "2023-06-15T00:20+0530",
    "2024-03-01 00:30-05",
    "2020-12-31T23:59:59-00:01",
    "2021-01-03",
    "2021-01-04T05:06:07.000001Z",
    "1677-09-22",
    "2262-04-11T23:47:16",
    "0001-01-01",
    "0004-02-29T01:02:03",
    "1582-10-10",
    "9999-12-31T23:59:59",
]


def ranges(codes):
    """ "41-5A AA ..." of ascending code points. """
    found = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in found)


def codes_of(text):
    for part in text.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def unicode_tables(assigned):
    """What str.lower() and \\w make of every assigned character.

    `cased` and `ignorable` are found by the sigma that is final behind them: U+03A3 becomes U+03C2
    after a cased letter, also when ignorable characters stand between.
    """
    word = re.compile(r"\w")
    characters = [chr(code) for code in assigned]
    # U+0130 is the one character whose lower case has two; TEXTS has it.
    lower = [(ord(c), ord(c.lower())) for c in characters if len(c.lower()) == 1]

    def final_after(text):
        return (text + "\u03a3").lower().endswith("\u03c2")

    cased = [ord(c) for c in characters if final_after(c)]
    after_letter = [ord(c) for c in characters if final_after("A" + c)]
    return {
        "assigned": ranges(assigned),
        "word": ranges(ord(c) for c in characters if word.match(c)),
        "lower": " ".join(f"{c:X}:{small:X}" for c, small in lower if c != small),
        "cased": ranges(cased),
        "cased_or_ignorable": ranges(after_letter),
    }


def assigned_now():
    """Without surrogates, which no UTF-8 has, and private use, of which there are many alike."""
    without = {"Cn", "Cs", "Co"}
    return [c for c in range(0x110000) if unicodedata.category(chr(c)) not in without]


def words():
    analyse = CountVectorizer().build_analyzer()
    return [{"text": text, "words": analyse(text)} for text in TEXTS]


def tfidf():
    counter = CountVectorizer()
    counts = counter.fit_transform(CORPUS).tocsr()
    weigher = TfidfVectorizer()
    values = weigher.fit_transform(CORPUS)
    terms = weigher.get_feature_names_out().tolist()
    assert terms == counter.get_feature_names_out().tolist()

    def row(matrix, i):
        start, end = matrix.indptr[i : i + 2]
        entries = zip(matrix.indices[start:end], matrix.data[start:end])
        return {terms[term]: value.item() for term, value in sorted(entries)}

    return {
        "documents": CORPUS,
        "terms": terms,
        "document_frequencies": counts.astype(bool).sum(axis=0).A1.tolist(),
        "inverse_document_frequencies": weigher.idf_.tolist(),
        "counts": [row(counts, i) for i in range(len(CORPUS))],
        "values": [row(values, i) for i in range(len(CORPUS))],
    }


def by_datetime(text):
    """datetime knows the years 1 to 9999, pandas about 1678 to 2262."""
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    moment = moment.astimezone(datetime.timezone.utc)
    delta = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    parts = moment.timetuple()
    return {
        "seconds": delta / datetime.timedelta(seconds=1),
        "year": parts.tm_year,
        "month": parts.tm_mon,
        "day": parts.tm_mday,
        "day_of_week": moment.isoweekday(),
        "day_of_year": parts.tm_yday,
        "hour": parts.tm_hour,
        "minute": parts.tm_min,
        "second": parts.tm_sec,
    }


def by_pandas(text):
    moment = pd.to_datetime(text, utc=True)
    names = ["year", "month", "day", "day_of_year", "hour", "minute", "second"]
    parts = {name: getattr(moment, name) for name in names}
    return {"seconds": moment.value / 10**9, "day_of_week": moment.day_of_week + 1} | parts


def dates():
    result = []
    for text in DATES:
        expected = by_datetime(text)
        if 1677 < expected["year"] < 2262:
            assert by_pandas(text) == expected, text
        result.append({"text": text} | expected)
    return result


def make_reference(assigned):
    return {
        "versions": {
            "pandas": pd.__version__,
            "sklearn": sklearn.__version__,
            "unicode": unicodedata.unidata_version,
        },
        "unicode": unicode_tables(assigned),
        "words": words(),
        "tfidf": tfidf(),
        "dates": dates(),
    }


def check():
    committed = json.loads(REFERENCE.read_text(encoding="utf-8"))
    made = make_reference(list(codes_of(committed["unicode"]["assigned"])))
    found = list(differences(committed, made | {"versions": committed["versions"]}))
    print(*found, sep="\n", file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    if parser.parse_args().check:
        return check()
    text = json.dumps(make_reference(assigned_now()), indent=1, ensure_ascii=True)
    REFERENCE.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
