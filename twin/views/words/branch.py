"""What the page says: "what if, from now". Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {
    # asking
    "branch.ask": ("Ask: what if, from now…", "从现在起，如果……"),
    "branch.policy": ("Dispatch policy", "派遣策略"),
    "branch.mode": ("Mode of the centre", "中心运行模式"),
    "branch.as_now": ("as now ({name})", "不变（{name}）"),
    "branch.kind": ("Units", "力量类别"),
    "branch.change": ("More (+) or fewer (−)", "增（+）减（−）数量"),
    "branch.change.help": (
        "Fewer go off duty, free ones first. More stand ready at the bases of their kind, and walk no tour.",
        "减：让在岗力量离岗，先空闲者，办案者待结束后离岗；增：在同类力量驻点待命，不参与巡查。",
    ),
    "branch.street": ("Close a street…", "封闭道路……"),
    "branch.street.title": ("What if a street were closed?", "如果封闭一条道路？"),
    "branch.street.give": ("Close it in the what-if", "在推演中封闭"),
    "branch.street.forget": ("Leave {street} open", "不封闭 {street}"),
    "branch.horizon": ("Look ahead", "推演时长"),
    "branch.midnight": ("until midnight", "到今日24时"),
    "branch.n": ("Futures", "推演次数"),
    "branch.give": ("Try it out", "开始推演"),
    "branch.what": (
        "Both lines start now and meet the same fresh luck. What is recorded or planned and still to come is left out.",
        "两条线均从此刻出发，遇到相同的新随机情形；不含尚未发生的历史记录与预设情况。",
    ),
    "branch.nothing": ("Choose what would be different.", "请选择要改变的内容。"),
    "branch.begun": ("Trying it out; the room goes on.", "推演已开始，实时孪生照常运行。"),
    # how far
    "branch.preparing": ("Preparing: the city is built in processes of its own…", "准备中：正在独立进程中搭建城市……"),
    "branch.running": ("{done} of {n} futures", "已完成 {done} / {n} 次推演"),
    "branch.stopping": ("Stopping: what is under way is finished first…", "正在停止：先完成进行中的推演……"),
    "branch.stopped": ("Called off after {done} of {n} futures.", "已取消，完成 {done} / {n} 次推演。"),
    "branch.done": ("{n} futures", "共 {n} 次推演"),
    "branch.failed": ("This could not be tried: {why}", "无法推演：{why}"),
    "branch.stop": ("Cancel", "取消"),
    "branch.asked": ("From {clock}, {horizon} ahead · asked by {by}", "自 {clock} 起 {horizon} · 提问：{by}"),
    "branch.lost": ("{n} futures came to nothing, the first: {why}", "{n} 次推演未能完成，首个原因：{why}"),
    # what would be different
    "branch.with.policy": ("dispatch by {name}", "派遣策略改为 {name}"),
    "branch.with.mode": ("mode {name}", "改为“{name}”模式"),
    "branch.with.closed": ("{street} closed", "封闭 {street}"),
    "branch.with.reopened": ("{street} open again", "开放 {street}"),
    "branch.with.others": ("other commands: {n}", "其他指令 {n} 条"),
    # the answer
    "branch.shorter": (
        "With {change}, P90 response in the next {horizon} would be {span} shorter (95%: {low}–{high}), {n} futures.",
        "如果{change}，未来 {horizon}的响应 P90 将缩短 {span}（95%区间：{low}至{high}），共 {n} 次推演。",
    ),
    "branch.longer": (
        "With {change}, P90 response in the next {horizon} would be {span} longer (95%: {low}–{high}), {n} futures.",
        "如果{change}，未来 {horizon}的响应 P90 将延长 {span}（95%区间：{low}至{high}），共 {n} 次推演。",
    ),
    "branch.undecided": (
        "With {change}, P90 response in the next {horizon} may not differ: {low} to {high} (95%), {n} futures.",
        "如果{change}，未来 {horizon}的响应 P90 尚无法判断有无差别：介于{low}与{high}之间（95%区间），共 {n} 次推演。",
    ),
    "branch.same": (
        "With {change}, P90 response in the next {horizon} is the same in each of {n} futures.",
        "如果{change}，未来 {horizon}的响应 P90 在 {n} 次推演中均无变化。",
    ),
    "branch.no_cases": (
        "No case counts in the next {horizon} in any future, so there is no response to speak of.",
        "未来 {horizon}的各次推演中均无案件，无响应时间可言。",
    ),
    "branch.one": ("One future so far: too few for an interval.", "目前仅一次推演，尚不足以给出区间。"),
    "branch.by_shorter": ("{span} shorter", "缩短 {span}"),
    "branch.by_longer": ("{span} longer", "延长 {span}"),
    "branch.by_nothing": ("no difference", "无差别"),
    "branch.better": ("Better beyond doubt: {names}.", "确有改善：{names}。"),
    "branch.worse": ("Worse beyond doubt: {names}.", "确有恶化：{names}。"),
    "branch.price": ("Also changed: {names}.", "同时变化：{names}。"),
    "branch.fewer_found": (
        "Fewer cases came in: what nobody finds or tells of is in none of these figures.",
        "新增案件减少：未被发现或上报的问题不计入以上任何指标。",
    ),
    "branch.neither": (
        "None of the other figures can be told from what it is.",
        "其他指标均无法判断有无差别。",
    ),
    # figures
    "branch.figure.response_s_mean": ("response, mean", "平均响应"),
    "branch.figure.response_s_p50": ("response P50", "响应 P50"),
    "branch.figure.response_s_p90": ("response P90", "响应 P90"),
    "branch.figure.late_share": ("later than {limit}", "超过{limit}的占比"),
    "branch.figure.n_new": ("cases that came in", "新增案件"),
    "branch.figure.n_open": ("open at the end", "期末未结"),
    "branch.figure.n_closed": ("closed", "期内结案"),
    "branch.figure.busy_share": ("units' time on cases", "力量办案时间占比"),
    "branch.figure.busy_gini": ("unevenness of work", "负荷不均度"),
    "branch.column.figure": ("Mean over futures", "各次推演均值"),
    "branch.column.base": ("As it is", "现状"),
    "branch.column.other": ("What if", "如果"),
    "branch.column.gap": ("Difference (95%)", "差值（95%区间）"),
    "branch.points": ("{n} pp", "{n} 个百分点"),
    # charts
    "branch.chart": ("Over time", "随时间变化"),
    "branch.course.n_open": ("Open cases", "未结案件"),
    "branch.course.n_waiting": ("Waiting for somebody", "待派案件"),
    "branch.course.n_busy": ("Units on a case", "办案力量"),
    "branch.band": ("line: mean; band: four futures out of five (P10–P90)", "线为均值，带为五分之四的推演（P10–P90）"),
    "branch.course.alt": (
        "{what}: at the end {base} as it is, {other} in the what-if",
        "{what}：期末现状 {base}，推演 {other}",
    ),
    "branch.gaps": ("P90 response, each future: what if minus as it is", "各次推演的响应 P90 之差（如果 − 现状）"),
    "branch.gaps.alt": (
        "Differences of {n} futures, from {low} to {high}",
        "{n} 次推演的差值，从{low}到{high}",
    ),
    # how sure
    "branch.sure": ("How sure?", "有多大把握？"),
    "branch.sure.few": (
        "Fewer than 20 futures: take the interval as a rough one.",
        "少于20次推演：区间仅供粗略参考。",
    ),
    "branch.sure.decide": (
        "If the difference is as it looks, about {n} more futures would decide it.",
        "如差值确如所见，约再推演 {n} 次可见分晓。",
    ),
    "branch.sure.hardly": (
        "More than {n} more futures would be needed to decide it: a difference so small hardly matters.",
        "需再推演 {n} 次以上才能判断：如此微小的差别几无意义。",
    ),
    "branch.sure.halve": (
        "It is decided; about {n} more futures would halve the interval.",
        "已可判断；约再推演 {n} 次可使区间减半。",
    ),
    "branch.sure.bca": ("By the bootstrap (BCa): {low} to {high}.", "按自助法（BCa）：{low}至{high}。"),
    "branch.sure.paired": (
        "Without the same luck in both lines it would take {factor} times as many futures (variance-reduction factor).",
        "非配对方差与配对方差之比：{factor}。若两条线不用相同随机情形，需要这么多倍的推演次数。",
    ),
    "branch.sure.counted": (
        "Cases a future: {n} on average, with those that wait now; units may come up to an hour after the horizon.",
        "平均每次推演计入案件 {n} 件，含起点时尚无人到场的案件；到场可在时段结束后一小时内。",
    ),
    "branch.sure.unreached": (
        "Nobody had come even then: {base} as it is, {other} in the what-if; they count as waited so far, and as late.",
        "届时仍无人到场（平均）：现状 {base} 件，推演 {other} 件；按已等待时间计入，并计为超时。",
    ),
    "branch.sure.adjusted": (
        "Figures are called better or worse if that holds for all of them looked at together (Holm).",
        "“改善”“恶化”按全部指标同时检验（Holm 校正）判定。",
    ),
}
