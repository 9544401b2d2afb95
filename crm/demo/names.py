"""Believable Chinese names with the skew of real ones: 王伟 comes about a thousand times in two million."""

from itertools import accumulate

from customers.pinyin import keys

from . import words

# Surname and its share in per mille; readings that a dictionary gets wrong and compound surnames are among them.
SURNAMES = """
王72 李72 张68 刘54 陈45 杨31 黄22 赵21 吴20 周20 徐17 孙15 马14 朱15 胡13 郭13 何13 林12 高12 罗11 郑10 梁10 谢8 宋8
唐8 许7 韩7 冯7 邓6 曹6 彭6 曾6 肖6 田5 董5 潘5 袁5 蔡5 蒋5 余5 于5 杜5 叶5 程5 魏5 苏5 吕4 丁4 任4 卢4 姚4 沈4
钟4 姜4 崔4 谭4 陆4 范4 汪4 廖4 石4 金3 韦3 贾3 夏3 付3 方3 邹3 熊3 白3 孟3 秦3 邱3 侯3 江3 尹2 薛2 闫2 段2 雷2
龙2 黎2 史2 陶2 贺2 毛2 郝2 顾2 龚2 邵2 万2 覃2 武2 钱2 戴2 严2 莫2 孔2 向2 汤2 常2 温1 康1 施1 文1 牛1 樊1 葛1
邢1 安1 齐1 易1 乔1 伍1 庞1 颜1 倪1 庄1 聂1 章1 鲁1 岳1 翟1 申1 欧1 关1 焦1 左1 柳1 祝1 单1 解1 查1 区1 仇1 缪1
朴1 盖1 华1 任1 欧阳2 上官1 司马1 诸葛1 皇甫1 尉迟1 司徒1 东方1 令狐1
"""
SINGLE = {
    "m": """伟8 强6 勇5 军6 磊5 涛5 超5 明5 刚4 平3 辉4 鹏4 杰5 斌4 波3 宇3 浩4 凯3 健3 俊3 帅3 飞3 鑫3
        亮2 峰3 龙3 东2 阳2 毅2 林2""",
    "f": """芳7 娜6 敏6 静7 丽6 艳5 娟5 霞4 燕4 玲4 洁3 婷5 莉4 萍4 红4 倩3 颖3 雪3 慧3 琳3 欣2 丹3 蕾2
        梅3 英3 琴2 云2 瑶2 蓉2 薇2""",
}
FIRST = {
    "m": "建国志文海永明晓春德家俊子宇浩天正立成学振国新光荣金庆玉世少忠思一泽景启嘉瑞承维向宏",
    "f": "秀桂玉淑丽春晓雪海小美雅梦思佳欣诗雨慧文月婉若可子嘉静芷紫一晨语沐依安馨",
}
SECOND = {
    "m": "国华军强平明林峰龙辉杰伟民生东波涛宏斌文超鹏飞宇轩浩然博泽睿哲阳凯成武荣祥兵良才福安庆海",
    "f": "英华兰珍芳梅玲红霞萍娟燕丽敏静云莲凤琴香芬婷怡涵琪萱妍彤雯瑶蓉颖洁雪欣宁茹月",
}
ELSEWHERE = {  # names that are not built of a surname and one or two characters
    "m": "买买提·艾力 阿卜杜拉·吐尔逊 扎西顿珠 巴特尔 多吉次仁 亚力坤·买合木提 格桑旺堆 苏赫巴鲁 阿不都热合曼·玉素甫",
    "f": "古丽娜尔·艾力 阿依古丽·买买提 卓玛央金 其其格 次仁拉姆 阿米娜·吐尔逊 娜仁托娅 迪丽努尔·亚森",
}
FOREIGN = ["James Carter", "Emily Novak", "Daniel Okafor", "Sofia Rossi", "Kenji Tanaka", "Anna Kowalska"]
TRADES = words("""
    科技 信息技术 商贸 建筑工程 物流 食品 餐饮管理 医药 机械制造 物业服务 文化传媒 汽车销售服务 农业开发 纺织
    环保工程
""")
COINED = words("""
    华 鑫 瑞 泰 宏 恒 盛 昌 腾 博 嘉 禾 源 远 达 通 诚 信 安 康 德 润 丰 兴 隆 天 地 云 岭 海 江
    山 锦 绣
""")
LEGAL = words("有限公司 有限公司 有限公司 有限责任公司 股份有限公司 集团有限公司")
OFFICES = words("""
    第一中学 人民医院 第二人民医院 财政局 交通运输局 教育局 实验小学 农商银行 供水公司 职业技术学院 市场监督管理局
""")


def weighted(text):
    """`王72 李72` as two lists: the words and their running weights."""
    words = [(word.rstrip("0123456789"), int(word[len(word.rstrip("0123456789")) :])) for word in text.split()]
    return [word for word, _ in words], list(accumulate(weight for _, weight in words))


def given_names(sex):
    """Given names and running weights: a quarter single characters, the rest pairs thinning out down the lists."""
    single, running = weighted(SINGLE[sex])
    names = {name: (after - before) * 2.1 for name, before, after in zip(single, [0, *running], running, strict=False)}
    for i, first in enumerate(FIRST[sex]):
        for j, second in enumerate(SECOND[sex]):
            if first != second:
                names[first + second] = 3.6 / (i + 4) ** 0.5 / (j + 4) ** 0.5
    return list(names), list(accumulate(names.values()))


class Names:
    """Draws names from one random stream; pinyin of the parts is worked out once."""

    def __init__(self, rng):
        self.rng = rng
        self.surnames, self.surname_weights = weighted(SURNAMES)
        self.given = {sex: given_names(sex) for sex in "mf"}
        self.readings = {}

    def person(self):
        """(name, pinyin, initials, sex, language)."""
        luck = self.rng.random()
        sex = "m" if luck * 2 % 1 < 0.51 else "f"
        if luck < 0.0006:
            name = self.rng.choice(FOREIGN)
            return (name, *keys(name), sex, "en")
        if luck < 0.004:
            name = self.rng.choice(ELSEWHERE[sex].split())
            return (name, *keys(name), sex, "zh-hans")
        surname = self.rng.choices(self.surnames, cum_weights=self.surname_weights)[0]
        names, weights = self.given[sex]
        given = self.rng.choices(names, cum_weights=weights)[0]
        pinyin, initials = self.reading(surname + "王", slice(-4), slice(-1))
        more, short = self.reading("王" + given, slice(4, None), slice(1, None))
        return surname + given, pinyin + more, initials + short, sex, "zh-hans"

    def reading(self, text, part, short):
        """Pinyin and initials of a surname or a given name, read as part of a whole name with 王 and cut out of it."""
        found = self.readings.get(text)
        if found is None:
            pinyin, initials = keys(text)
            found = self.readings[text] = pinyin[part], initials[short]
        return found

    def company(self, place):
        """A name such as 青岚区瑞丰建筑工程有限公司, or that of a public office."""
        if self.rng.random() < 0.2:
            name = place + self.rng.choice(OFFICES)
        else:
            coined = "".join(self.rng.sample(COINED, 2))
            name = place + coined + self.rng.choice(TRADES) + self.rng.choice(LEGAL)
        return (name, *keys(name, group=True))
