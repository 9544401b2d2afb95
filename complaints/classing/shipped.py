"""The keyword rules a branch starts with, in the order in which they are asked. A branch changes them as it likes."""

from complaints.models import Category, KeywordRule

# class: words, separated by commas; a line that is indented goes on
RULES = """
2401: 安全隐患, 线缆坠落, 电杆, 漏电, 飞线, downed line, low hanging, hanging wire, exposed cable,
  buried cable, unburied
1502: 诈骗, 垃圾短信, 盗用, scam, phishing, hacked, spam, identity theft, stolen identity
1406: 实名, 个人信息, 泄露, 隐私, privacy, personal information, credit report, collection, collections,
  credit check
1501: 骚扰电话, 推销, 营销短信, 拒收, telemarketing, unwanted call, unsolicited, harass, robocall, do not call,
  junk mail
1404: 携号转网, 携转, 转网, porting, port my number, port out, transfer my number, number port
1302: 未经同意, 擅自开通, 私自开通, 自动订购, without consent, without permission, without my, unauthorized,
  unauthorised
1303: 退订, 取消业务, cannot cancel service, unsubscribe
1405: 销户, 停机难, 注销, 拆机, cancel, cancellation, disconnect my, disconnecting service, terminate service
1305: 误导, 套餐夹带, 虚假, 欺骗, 不实宣传, bait, deceptive, misleading, mislead, misrepresent, false advertis,
  false promis, lied, lies, lying, dishonest, fraud
1403: 承诺, 未兑现, 说好的, promised, promise, broken promise, not honor, honoring, dishonor, reneged,
  guarantee, contract
1503: 积分, 兑换, 活动奖品, gift card, reward, rebate, promotion, voucher
3305: 退费, 退款, 押金, refund, deposit, overpaid, overpayment, reimburse, owes me, credit not
3303: 停机, 复机, 欠费, suspended, shut off, shutoff, turned off, disconnected, disconnection, cut off,
  restore service
3302: 缴费未到账, 充值未到账, 未到账, payment disappear, payment not, lost payment, payment not applied,
  missing payment
3206: 违约金, 滞纳金, late fee, termination fee, early termination, penalty, etf
3207: 国际漫游, 漫游费, roaming
3304: 发票, invoice not, receipt
3204: 流量费, 套餐外, 超出套餐, 流量超, overage, over charge for data, data usage charge, data cap, datacap,
  data limit, data usage, usage cap, usage limit, bandwidth cap, internet cap, data plan, 300gb, 300 gb,
  300-gb, gb cap, gb limit, broadband cap, download limit, usage meter, data meter, caps, capping, metered,
  data allowance, overuse, data overcharge
3205: 增值业务费, 信息费, 订阅费, premium channel, pay per view, on demand charge, subscription charge
3201: 租金, 设备费, 安装费, 收费不合理, modem rental, modem fee, rental fee, equipment fee, equipment charge,
  equipment rental, modem charge, modem rent, leased modem, lease fee, charged for modem, charge for modem,
  equipment return, returned equipment, rental, hidden fee, hidden charge, extra fee, junk fee, broadcast fee,
  installation fee, installation charge, activation fee, service fee, unfair charge, unfair fee, excessive fee,
  bogus fee, unfair billing
3203: 不明扣费, 莫名扣费, 不知道扣, 扣费, unknown charge, unexplained, mystery charge, unexpected charge,
  erroneous, erroneously, did not order, not ordered, didn't order, never ordered, not authorized,
  never authorized
3301: 账单, 账单错, 多收, 重复扣, 算错, overcharg, over charg, over-charg, double bill, double charg,
  billed twice, charged twice, incorrect bill, wrong bill, incorrect charge, wrong amount, billing error,
  billing dispute, disputed bill, billing, billed, bill, invoice, wrongly charged, mischarge, wrongful charge
3202: 乱收费, 乱扣, charg, fees, fee, ripoff, rip off, ripping, theft, stealing, stole, extortion, gouging me
3104: 老用户, 新用户优惠, existing customer, loyal customer, new customer, long-time customer, grandfathered
3103: 套餐不合理, 套餐不能, bundle pric, package pric, plan chang, forced to upgrade, change of plan
3102: 资费高, 太贵, 价格高, 涨价, price, pricing, prices, rate increase, rate hike, rates, expensive, cost,
  gouging, overpric, unaffordable, too much money
1301: 捆绑, 强制办理, bundle, bundling, bundled, forced to buy, forced to, triple play, package
2403: 大面积, 全小区, 全村, area outage, neighborhood outage, outage in, whole neighborhood, widespread
2204: 装机, 移机, 安装, install, installation, new service, hook up, hookup, service at my address,
  transfer of service, moving, relocation, availability, availabilty, not available, unavailable,
  unavailability, refuses to provide, refuse to provide, denied service, serviceable, service area, build out,
  lack of access, access to, no cable
2205: 修复, 报修, 没人修, 迟迟, repair, fix, no one came, missed appointment, appointment, no show,
  technician did not, unresolved
2203: 掉线, 断网, 不稳定, 时断时续, 中断, intermittent, drops, dropping, dropped connection, keeps going,
  in and out, unstable, unreliable, interruption, interruptions, spotty, sporadic, inconsistent, cutting out,
  goes out, packet loss, connectivity, connection issue, connection problem, disconnects, reliability
2202: 网速慢, 宽带慢, 网速, 速率, 不达标, 卡顿, 限速, slow, speed, throttl, bandwidth, not getting, mbps,
  latency, download, buffering, lag, upload, congestion, degraded, slowing, net neutrality, peering,
  neutrality, not receiving the
2301: 电视, 机顶盒, 画面, tv, television, channel, hbo, cable box, dvr, picture, x1, set top, espn, netflix,
  roku, playstation, ps3, ps4, on demand, showtime, streaming, stream, amazon fire, fire tv
2201: 无法上网, 不能上网, 上不了网, 没网, no internet, no service, outage, internet down, service down,
  is down, went down, not working, doesn't work, does not work, without internet, without service, loss of,
  lost service, lost internet, internet out, out of service, no connection, down for, cannot connect,
  can't connect, unable to connect, internet access, no access, modem, router, wifi, wi-fi, internet not,
  blocking, blocked, blocks, block
2302: 固话, 座机, landline, home phone, dial tone, voip, phone service, telephone service, telephone,
  phone line, e911, 911
2101: 无信号, 信号弱, 没信号, 信号差, no signal, weak signal, signal, poor reception, coverage
2103: 掉话, 通话质量, 听不清, 杂音, dropped call, call quality, call drop
2104: 收不到短信, 短信发不, text message, sms not
2102: 手机上网慢, 4g, 5g, mobile data
1602: 装维, 师傅, 安装人员, technician, installer, contractor, tech did
1601: 代理, 代理商, agent misled, dealer, third party, door to door, salesman, salesperson
1201: 排队, 等候, 等了, long wait, wait time, on hold, hours on, waited
1202: 热线打不通, 打不通, 接不通, 客服电话, cannot reach, can't reach, call center, call centre, phone tree,
  transferred
1102: 态度粗暴, 辱骂, 吵架, 态度恶劣, rude, abusive, yelled, insult, disrespect, hung up, bully, threat,
  retaliat
1104: 不处理, 没人管, 投诉无门, 不回复, 不回访, no response, ignored, ignore, not respond, unresponsive,
  no resolution, refuses to help, failure to, never called, no help, won't help, lack of response, refusal
1106: 推诿, 踢皮球, 推来推去, runaround, run around, passed around, back and forth
1105: 业务不熟, 解释不清, 说不清, misinformation, misinformed, incompetent, incompetence, wrong information,
  false information, inaccurate, conflicting information
1101: 态度, 服务差, 爱理不理, 不理, customer service, customer support, customer care, tech support,
  technical support, poor service, bad service, terrible service, horrible service, awful service, worst,
  customer satisfaction, service rep
1401: 办错, 差错, 办理错误, mistake, error, wrong order
1402: 不及时, 太慢, 拖延, delay, took too long
1304: 宣传, 广告, 与宣传不符, advertis, as advertised, offer
3103: 套餐, 资费, business practice, business practices, monopol, unfair practice, unfair practices,
  competition, anti-competitive, anticompetitive, antitrust, regulation, merger
2205: 服务质量, quality of service, service quality, service issue, service issues, service problem,
  service problems, poor quality, lack of service, bad internet, poor internet, internet issue,
  internet issues, internet problem, internet problems
"""


def rows():
    """(code of the class, words) in order."""
    for line in RULES.replace(",\n  ", ", ").strip().splitlines():
        code, words = line.split(":", 1)
        yield code, [word.strip() for word in words.split(",")]


def ship(branch):
    """The rules for a branch that has none, of the classes it has; twice is once."""
    if KeywordRule.objects.filter(branch=branch).exists():
        return
    classes = dict(Category.objects.filter(branch=branch).values_list("code", "pk"))
    known = [{"category_id": classes[code], "words": words} for code, words in rows() if code in classes]
    rules = [KeywordRule(branch=branch, order=n, **rule) for n, rule in enumerate(known, 1)]
    KeywordRule.objects.bulk_create(rules, ignore_conflicts=True)
