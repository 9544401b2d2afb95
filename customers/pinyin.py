"""How a name is typed on a Latin keyboard: full pinyin and initials, family names read as family names."""

import re
import unicodedata
from functools import cache

from pypinyin import lazy_pinyin

# Family names that are read differently from the same character elsewhere, or that a word list reads wrongly.
# Where people use two readings the second one is `ALSO`.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "查": "zha", "区": "ou", "仇": "qiu", "覃": "qin", "缪": "miao",
    "朴": "piao", "盖": "ge", "翟": "zhai", "乐": "yue", "任": "ren", "华": "hua", "员": "yun", "宁": "ning",
    "纪": "ji", "尉": "wei", "种": "chong", "重": "chong", "黑": "he", "折": "she", "召": "shao", "祭": "zhai",
    "隗": "wei", "郇": "xun", "谌": "chen", "车": "che", "炅": "gui", "秘": "bi", "句": "gou", "会": "gui",
    "阚": "kan", "於": "yu", "褚": "chu", "柏": "bai", "薄": "bo", "莘": "shen", "贾": "jia", "葛": "ge",
    "瞿": "qu", "撒": "sa", "燕": "yan", "应": "ying", "洗": "xian", "冼": "xian", "逄": "pang", "逯": "lu",
    "牟": "mou", "佘": "she", "郗": "xi", "郄": "qie", "晁": "chao", "亓": "qi", "妫": "gui", "宓": "mi",
    "过": "guo", "哈": "ha", "那": "na", "尹": "yin", "臧": "zang", "幺": "yao", "都": "du", "石": "shi",
    "万": "wan", "夏": "xia", "沈": "shen", "藏": "zang", "强": "qiang", "相": "xiang", "行": "xing", "长": "chang",
    "曲": "qu", "鲜": "xian", "和": "he", "干": "gan", "卜": "bu", "繁": "po", "弗": "fu", "藉": "ji",
    "洛": "luo", "角": "jue", "令": "ling", "茹": "ru", "芮": "rui", "谷": "gu", "呙": "guo", "咎": "jiu",
    "昝": "zan", "庹": "tuo", "仉": "zhang", "厍": "she", "郏": "jia", "禚": "zhuo", "麴": "qu", "俞": "yu",
    "尉迟": "yu chi", "长孙": "zhang sun", "单于": "chan yu", "万俟": "mo qi", "澹台": "tan tai",
    "令狐": "ling hu", "欧阳": "ou yang", "上官": "shang guan", "司马": "si ma", "诸葛": "zhu ge",
    "司徒": "si tu", "夏侯": "xia hou", "皇甫": "huang fu", "公孙": "gong sun", "慕容": "mu rong",
    "轩辕": "xuan yuan", "宇文": "yu wen", "东方": "dong fang", "端木": "duan mu", "南宫": "nan gong",
    "独孤": "du gu", "百里": "bai li", "呼延": "hu yan", "赫连": "he lian", "申屠": "shen tu",
    "太史": "tai shi", "钟离": "zhong li", "司空": "si kong", "闻人": "wen ren", "东郭": "dong guo",
    "西门": "xi men", "拓跋": "tuo ba", "完颜": "wan yan", "纳兰": "na lan", "公冶": "gong ye",
    "濮阳": "pu yang", "淳于": "chun yu", "鲜于": "xian yu", "宗政": "zong zheng", "仲孙": "zhong sun",
    "亓官": "qi guan", "第五": "di wu", "乐正": "yue zheng", "哥舒": "ge shu", "贺兰": "he lan",
    "耶律": "ye lv", "叱干": "chi gan", "子车": "zi ju",
}  # fmt: skip
ALSO = {
    "覃": "tan", "乐": "le", "盖": "gai", "隗": "kui", "谌": "shen", "翟": "di", "郇": "huan", "莘": "xin",
    "柏": "bo", "召": "zhao", "曾": "ceng", "单": "dan", "解": "jie", "查": "cha", "区": "qu", "仇": "chou",
    "缪": "miu", "朴": "pu", "员": "yuan", "尉": "yu", "尉迟": "wei chi", "长孙": "chang sun", "万俟": "wan qi",
    "单于": "dan yu", "种": "zhong", "黑": "hei", "繁": "fan", "令": "ling", "牟": "mu", "洗": "xi", "秘": "mi",
}  # fmt: skip
CJK = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
CHINESE = re.compile(f"[{CJK}]")
PIECES = re.compile(f"[{CJK}]+|[^{CJK}]+")
LATIN = re.compile(r"[a-z0-9]+")


def keys(name, *, group=False):
    """("zengguofan", "zgf") for "曾国藩": lower case, no spaces. A group's name is read by words, not as a person's.

    Latin words keep their letters, their first letter is their initial: "John Smith" → ("johnsmith", "js").
    """
    name = plain(name)
    return _join(_by_words(name) if group else _as_person(name, SURNAMES))


def other_keys(name, *, group=False):
    """The keys by the second reading of the family name ("覃" is Qin or Tan), or None where there is but one."""
    name = plain(name)
    if group or surname_of(name) not in ALSO:
        return None
    return _join(_as_person(name, ALSO))


def surname_of(name):
    """The family name of a Chinese name, "" of any other: two characters where it is a compound one."""
    if not CHINESE.match(name):
        return ""
    return name[:2] if len(name) > 2 and name[:2] in SURNAMES else name[:1]


def plain(name):
    """The name as it is compared: full-width forms and ligatures as their plain letters, no space around it."""
    return name if name.isalpha() and name.isascii() else unicodedata.normalize("NFKC", name).strip()


def _as_person(name, surnames):
    surname = surname_of(name)
    given = name[len(surname) :]
    syllables = surnames[surname].split() if surname in surnames else [_read(one) for one in surname]
    for one in PIECES.findall(given):
        syllables += [_read(character) for character in one] if CHINESE.match(one) else latin_words(one)
    return syllables


def _by_words(name):
    syllables = []
    for one in PIECES.findall(name):
        syllables += lazy_pinyin(one, errors="ignore") if CHINESE.match(one) else latin_words(one)
    return syllables


@cache
def _read(character):
    """The commonest reading of one character; one that has none is left out."""
    return "".join(lazy_pinyin(character, errors="ignore"))


def latin_words(text):
    """Words in lower case without accents; a Chinese person's middle dot or a bracket parts them."""
    return LATIN.findall(fold(text))


def fold(text):
    """Lower case without accents; ü is typed v."""
    text = unicodedata.normalize("NFD", text.lower()).replace("u\u0308", "v")
    return "".join(character for character in text if not unicodedata.combining(character))


def _join(syllables):
    return "".join(syllables)[:400], "".join(one[0] for one in syllables if one)[:100]
