"""The classes of complaints a branch starts with; the first level is the regulator's three (A24; 2.1 no. 29).

A class's number begins with its parent's. A branch may rename, switch off or add its own afterwards. The marks of a
class: `p` asks for the person concerned (B15), `a` for the place, `d` contests a charge, `2` and `3` its first level.
"""

TREE = """
1    -   用户服务              User service
11   -   服务态度与行为        Staff manners and conduct
1101 p   爱理不理              Indifference to the customer
1102 p2  态度粗暴、言语冲突    Rude or abusive behaviour
1103 p2  上班时间做私事        Private matters in working hours
1104 p2  对咨询投诉不过问      Enquiry or complaint was ignored
1105 p   业务不熟、解释不清    Did not know the business
1106 p   推诿、踢皮球          Passed around
12   -   营业厅与热线          Halls and hotline
1201 a   等候时间长            Long waiting time
1202 -   热线难接通            Hotline is hard to reach
1203 a   设备或系统故障        Machines or systems are down
1204 a   营业环境与秩序        Hall is not in order
13   -   捆绑、增值与新业务    Bundles, value-added and new services
1301 d   捆绑业务违背需求      Bundle sold without need
1302 d   未经同意开通增值业务  Value-added service without consent
1303 -   增值业务退订难        Value-added service is hard to cancel
1304 -   新业务宣传不实        New service differs from what was promised
1305 d   套餐夹带、误导销售    Misled when sold
14   -   业务办理              Transactions
1401 -   办理差错              Handled wrongly
1402 -   办理不及时            Not handled in time
1403 -   承诺未兑现            A promise was not kept
1404 -   携号转网受阻          Moving a number to another network is hindered
1405 -   销户、停机难          Cancelling or stopping is hindered
1406 2   实名与信息安全        Identity and personal data
15   -   营销与骚扰            Marketing and nuisance
1501 -   营销短信、电话骚扰    Unwanted marketing
1502 2   诈骗与垃圾信息        Fraud and spam
1503 -   积分与活动兑现        Points and promotions
16   -   渠道与代理            Channels and agents
1601 a   代理商违规            Agent breaks the rules
1602 a   安装维修人员服务      Installer's service
2    -   网络质量              Network quality
21   -   移动网络              Mobile network
2101 a   无信号或信号弱        No or weak signal
2102 a   上网慢                Slow mobile data
2103 a   通话质量差、掉话      Poor or dropped calls
2104 a   短信收发异常          Messages do not arrive
22   -   宽带                  Broadband
2201 a   宽带无法上网          Broadband is down
2202 a   宽带速率不达标        Broadband is too slow
2203 a   宽带频繁掉线          Broadband drops often
2204 a   装机移机不及时        Installation or move is late
2205 a   故障修复不及时        Repair is late
23   -   电视与固话            TV and fixed phone
2301 a   电视卡顿或无法收看    TV stutters or is down
2302 a   固话故障              Fixed phone is down
24   -   基站与设施            Sites and facilities
2401 a3  线路设施安全隐患      Cables or poles are a danger
2402 a   基站选址与辐射        Site and radiation
2403 a2  大面积中断            Large outage
3    -   资费与收费            Charges
31   -   资费                  Prices
3101 -   资费结构不合理        Price structure is unreasonable
3102 -   资费高                Prices are high
3103 -   套餐不合理            Plan is unreasonable
3104 -   老用户不能选新套餐    Old customers cannot choose new plans
32   -   收费争议              Charge disputes
3201 d   不合理收费            Unreasonable charge
3202 d   感觉乱收费            Felt to be charged at random
3203 d   不明扣费              Unknown deduction
3204 d   套餐外流量、语音费    Charges outside the plan
3205 d   增值业务费            Value-added charges
3206 d   违约金、滞纳金        Penalty or late fee
3207 d   国际漫游费            Roaming charges
33   -   账务与缴费            Bills and payments
3301 d   账单差错              Bill is wrong
3302 -   缴费未到账            Payment has not arrived
3303 d   停复机与欠费          Stopped for arrears, restoring
3304 -   发票问题              Invoice
3305 -   退费不及时            Refund is late
"""
AREAS = {"1": "service", "2": "network", "3": "charges"}


def rows():
    """Fields of a Category by its code, parents before children."""
    for line in TREE.strip().splitlines():
        code, marks, name, name_en = line.split(maxsplit=3)
        yield {"code": code, "name": name, "name_en": name_en, "area": AREAS[code[0]], **_marked(marks)}


def _marked(marks):
    level = next((int(mark) for mark in marks if mark.isdigit()), 1)
    asked = {"asks_person": "p" in marks, "asks_place": "a" in marks, "disputes": "d" in marks}
    return asked | {"level": level}


def parent_of(code):
    """ "2103" → "21" → "2" → None."""
    return {1: None, 2: code[:1], 4: code[:2]}[len(code)]
