"""A table that wants to break out of whatever it is written into: names, categories and classes with
quotes, commas, comments, tags, escapes and line breaks in them, a thousand categories, and numbers
that are categories. Made from a fixed seed."""

import csv
import math
import random

# Each of them means something to SQL, C, C++, JavaScript, XML, HTML, JSON, CSV or a shell.
WORDS = [
    "'", "''", '"', '""', "`", "\\", "\\'", '\\"', "\\\\", "\\n", "\\0", "\\x41", "\\u2028",
    "'; DROP TABLE data; --", "' OR '1'='1", '"; DROP TABLE data; --', "--", "-- comment", "/*", "*/",
    "/* */", "//", "#", "$$", "$1", "${x}", "$(reboot)", "`reboot`", "%s%n", "%", "_", "?", "??/",
    "??'", "??=", "]]>", "<![CDATA[", "-->", "<!--", "&", "&amp;", "&#0;", "<", ">", "</script>",
    "<script>alert(1)</script>", "</PMML>", "<?xml?>", "{{x}}", "{", "}", ";", ",", ",,", ":", "a,b", "a\tb",
    "a\nb", "\n", "line\n\nline", " ", "  padded  ", "__proto__", "constructor", "toString", "hasOwnProperty",
    "null ", "undefined", "NaN!", "Infinity", "E'\\''", "N'x'", "0x10", "1e2", "007", "7", "7.5", "-0", "0", "+3",
    "true", "True", "FALSE", "é", "e\u0301", "ß", "SS", "İ", "i̇", "Σίσυφος", "日本", "🚢", "\U0010ffff", "\u2028",
    "\u00a0", "\u200b", "\ufeff", "\u202e", "a\u0300\u0301", "x" * 300,
]

COUNTRY = 'Land "der" Herkunft, \'s; DROP TABLE data; --'
COLOUR = "*/ colour ]]> </script> ${`x`} \\"
SIZE = "größe\n(cm)"
FLAG = "is--true?"
DOSE = "dose"
GROUP = "group"
CODE = "code 1.0"
LABEL = "Wert; -- '\"\\"
COUNT = "n"
AMOUNT = "amount"
TWO = "yes/no"
FEATURES = [COUNTRY, COLOUR, SIZE, FLAG, DOSE, GROUP, CODE]
NAMES = FEATURES + [LABEL, COUNT, AMOUNT, TWO]

CLASSES = ["'; DROP TABLE data; --", 'b "quoted", \\', "</script>]]>*/\n--"]
GROUPS = ["x", "y", "z'"]
CODES = ["1", "2", "30"]


def countries():
    """A thousand categories, the words among them; "-0" and "0" are one."""
    words = list(dict.fromkeys(WORDS))
    return words + [f"country {i}'s \"{chr(0x100 + i % 500)}\", {i % 7}"
                    for i in range(1001 - len(words))]


def make_rows(count, seed):
    """Rows by the order of NAMES; the targets depend on the features and on chance."""
    chance = random.Random(seed)
    places = countries()
    effect = {place: chance.gauss(0, 1) for place in places}
    rows = []
    for i in range(count):
        place = places[i % len(places)]
        colour = chance.choice(WORDS[:40])
        size = round(chance.gauss(170, 12), 2)
        flag = chance.choice(["true", "false"])
        dose = chance.choice([0.001, 12.5, 3, 250])
        group = chance.choice(GROUPS)
        code = chance.choice(CODES)
        margin = (effect[place] + 0.03 * (size - 170) + (flag == "true") - 0.004 * dose +
                  0.5 * GROUPS.index(group) - 0.3 * CODES.index(code))
        noisy = margin + chance.gauss(0, 1)
        rows.append([place, colour, size, flag, dose, group, code,
                     CLASSES[0 if noisy < -0.5 else 1 if noisy < 0.8 else 2],
                     min(40, int(math.exp(0.4 * noisy + 0.5))), round(10 + 3 * noisy, 3),
                     "no" if noisy < 0.2 else "yes"])
    return rows


def write(path, rows):
    """All fields in quotes, within which blanks count."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(NAMES)
        writer.writerows(rows)
