"""The reasons a branch starts with: number, Chinese, English. A number begins with its parent's (A24).

A branch may rename, switch off or add its own afterwards; only reasons without children are chosen for a contact.
"""

TREE = """
1    业务咨询            Enquiries
11   套餐与资费          Plans and prices
1101 套餐推荐            Which plan suits me
1102 资费标准            What a service costs
1103 优惠活动            Promotions
1104 国际漫游资费        Roaming prices
12   宽带与电视          Broadband and TV
1201 宽带覆盖查询        Is broadband available here
1202 宽带资费            Broadband prices
1203 电视业务咨询        TV services
13   业务规则            Rules and ways
1301 携号转网            Moving a number to another network
1302 积分与会员权益      Points and member benefits
1303 营业时间与网点      Opening hours and halls
1304 线上办理方式        How to do it in the app
14   网络与新业务        Network and new services
1401 网络覆盖            Network coverage
1402 新业务介绍与指导    New services and how to use them
1403 疑难问题解答        Help with a difficult question
2    业务办理            Transactions
21   入网与实名          New service and identity
2101 新装手机号          New mobile number
2102 新装宽带            New broadband
2103 实名信息补登        Complete real-name details
2104 过户                Transfer to another person
2105 携入转网            Bring a number from another network
22   卡与号码            Cards and numbers
2201 补卡换卡            Replace a SIM card
2202 改号                Change the number
2203 副卡办理            Add a secondary card
2204 挂失与解挂          Report lost or found
2205 PUK码查询           PUK code
23   套餐变更            Plan changes
2301 变更套餐            Change the plan
2302 流量包订购          Buy a data pack
2303 增值业务订购        Subscribe to an add-on
2304 增值业务退订        Cancel an add-on
2305 国际漫游开通        Switch roaming on
24   停复机与销户        Stop, restore, cancel
2401 停机保号            Keep the number, stop the service
2402 复机                Restore the service
2403 预约销户            Book a cancellation
2404 宽带移机            Move broadband to a new address
2405 宽带续约            Renew broadband
3    费用与缴费          Charges and payments
31   缴费                Payments
3101 缴费                Pay a bill
3102 预存话费            Pay in advance
3103 银行代扣签约        Direct debit
3104 充值未到账          Top-up has not arrived
32   账单与发票          Bills and invoices
3201 账单查询            Ask about a bill
3202 详单查询            Itemised records
3203 开具发票            Invoice
3204 余额与流量查询      Balance and data left
33   费用疑问            Doubts about charges
3301 套餐外费用          Charges outside the plan
3302 不明扣费            Unknown deduction
3303 流量费过高          Data charges too high
3304 欠费停机            Suspended for arrears
4    故障报修            Faults
41   移动网络            Mobile network
4101 无信号或信号弱      No or weak signal
4102 上网慢              Slow mobile data
4103 通话质量差          Poor call quality
42   宽带与固话          Broadband and fixed phone
4201 宽带无法上网        Broadband is down
4202 宽带速率不达标      Broadband is too slow
4203 电视故障            TV does not work
4204 固话故障            Fixed phone does not work
43   终端                Devices
4301 手机设置与使用      Phone settings and use
4302 路由器光猫故障      Router or modem fault
5    意见与投诉          Opinions and complaints
51   服务                Service
5101 服务态度            Staff manners
5102 等候时间长          Long waiting time
5103 承诺未兑现          A promise was not kept
52   营销与骚扰          Marketing and nuisance
5201 营销短信骚扰        Unwanted marketing messages
5202 未经同意订购业务    Subscribed without consent
5203 诈骗与骚扰电话      Fraud and nuisance calls
53   建议与表扬          Suggestions and praise
5301 建议                Suggestion
5302 表扬                Praise
6    客户关怀            Customer care
61   关怀与回访          Care and follow-up
6101 生日与节日问候      Birthday and holiday greeting
6102 使用回访            How is the service doing
6103 到期提醒            Contract end reminder
62   大客户与集团        VIP and group customers
6201 上门服务            Visit at the customer's place
6202 送账单              Deliver the bill
6203 需求与意见收集      Collect needs and opinions
6204 新业务推介          Introduce a new service
"""


STAGES = {"1": "pre_sale", "2": "in_sale"}  # by the first digit; whatever else is after-sale (A01)


def rows():
    """(code, name, English name), parents before children."""
    for line in TREE.strip().splitlines():
        code, name, name_en = line.split(maxsplit=2)
        yield code, name, name_en


def stage_of(code):
    return STAGES.get(code[0], "after_sale")


def parent_of(code):
    """ "2103" → "21" → "2" → None."""
    return {1: None, 2: code[:1], 4: code[:2]}[len(code)]
