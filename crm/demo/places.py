"""The made-up prefecture: places that exist on no map, in the manner of those that do."""

from . import words

CITY = "云岭市"
BRANCH = ("YUNLING-DEMO", "云岭市分公司", "Yunling branch")
NEIGHBOUR = ("HAIYU-DEMO", "海屿市分公司", "Haiyu branch")  # a second branch, so that isolation can be seen

DEPARTMENTS = [  # code, name, English name, urban
    ("QL", "青岚区营业部", "Qinglan district", True),
    ("NP", "南屏区营业部", "Nanping district", True),
    ("LY", "麓阳区营业部", "Luyang district", True),
    ("SX", "石溪县营业部", "Shixi county", False),
    ("AL", "安澜县营业部", "Anlan county", False),
    ("LQ", "柳泉县营业部", "Liuquan county", False),
    ("GD", "古渡县营业部", "Gudu county", False),
    ("BL", "白鹭县营业部", "Bailu county", False),
    ("WC", "望川县营业部", "Wangchuan county", False),
    ("PL", "平峦县营业部", "Pingluan county", False),
]
HALLS = [("中心营业厅", "Central hall"), ("人民路营业厅", "Renmin Road hall"), ("车站营业厅", "Station hall")]
ROADS = words("""
    人民 解放 建设 和平 文化 新华 云岭 青年 滨江 工业 环城 学府 迎宾 朝阳 东风 中山 红旗 长虹 光明 幸福
""")

URBAN_NAMES = words("""
    桂花 梅园 东湖 西苑 北门 南塘 锦绣 翠竹 长青 望江 凤鸣 春晖 玉带 金桥 花园 松涛 兰亭 百合 丹枫 紫荆 荷塘
    银杏 映月 听泉 古槐
""")
RURAL_NAMES = words("""
    石门 双河 龙潭 茶亭 大坪 枫树 白云 柏林 新桥 清水 黄泥 马鞍 鹤山 罗汉 仙人 竹溪 长岭 鹿角 沙坪 铁炉 青石
    观音 桃林 芦塘 麻园
""")
VILLAGE_NAMES = words("""
    上坪 下湾 高桥 石井 杨家 李家 老屋 新塘 松岗 茶山 牛栏 杉木 油坊 双井 桐子 樟树 泉水 月塘 荷叶 岩口
""")
URBAN_SORTS = [
    ("社区", "government_community"),
    ("小区", "large_estate"),
    ("商圈", "business_district"),
]


def spelled(names, count, departments):
    """`count` (department, name) pairs spread over departments, no name twice in one of them."""
    for i in range(count):
        department = departments[i % len(departments)]
        turn = i // len(departments)
        name = names[(turn * 7 + i * 3) % len(names)]
        again = turn // len(names)
        yield department, name + ("" if not again else "东西南北"[again % 4])
