"""What the page says: staffing, its curve and what queueing theory expects. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {
    # the answer in sentences
    "staff.called": ("{level} ({n} people)", "{level}（{n} 人）"),
    "staff.called.cost": ("{level} ({n} people, {cost} {currency} a day)", "{level}（{n} 人，每日 {cost} {currency}）"),
    "staff.enough": (
        "{level} is the cheapest level that surely meets all targets.",
        "确定能全部达标的最省水平是 {level}。",
    ),
    "staff.enough.mean": ("By its mean {level} would do.", "仅按均值，{level} 即可。"),
    "staff.none.but": (
        "No level from {first} to {last} surely meets all targets; by its mean {level} does.",
        "{first} 至 {last} 没有一个水平确定全部达标；按均值，{level} 达标。",
    ),
    "staff.none": (
        "No level from {first} to {last} surely meets all targets, nor by its mean.",
        "{first} 至 {last} 没有一个水平确定全部达标，按均值也没有。",
    ),
    "staff.short": (
        "At {level} {measure} is {found} where {asked} was asked.",
        "{level} 时{measure}为 {found}，而要求{asked}。",
    ),
    "staff.goes": (
        "{measure} goes from {low} at {first} to {high} at {last}.",
        "{measure}从 {first} 的 {low} 变为 {last} 的 {high}。",
    ),
    "staff.nothing": ("Nothing happened that could be told.", "没有可统计的内容。"),
    "staff.knee": (
        (
            "The curve of {measure} over {over} bends most at {level} (Kneedle: farthest below the line between its "
            "ends; so in {share} of resamples of the seeds)."
        ),
        "{measure}随{over}变化的曲线在 {level} 处弯折最大（Kneedle 法：离两端连线最远；种子重抽样中有 {share} 如此）。",
    ),
    "staff.knee.none": (
        "The curve has no knee: it does not fall, does not bend, or has fewer than three levels.",
        "曲线没有拐点：不下降、不弯折，或不足三个水平。",
    ),
    "staff.over.cost_per_day": ("cost", "成本"),
    "staff.over.n_people": ("people", "人数"),
    "staff.next": (
        "From {first} to {last} each of {n} more people changes {measure} by {gain}{sure}{price}.",
        "从 {first} 到 {last} 增加 {n} 人，每增一人{measure}变化 {gain}{sure}{price}。",
    ),
    "staff.next.sure": (" ({interval})", "（区间 {interval}）"),
    "staff.next.price": (" for {cost} {currency} a day", "，每日花费 {cost} {currency}"),
    "staff.theory.silent": ("Queueing theory does not speak of all targets.", "排队论无法判断全部目标。"),
    "staff.theory.agrees": (
        "Queueing theory expects {theory} to be enough; by the means of the runs {runs} is too.",
        "排队论认为 {theory} 足够；按运行均值，{runs} 也足够。",
    ),
    "staff.theory.differs": (
        "Queueing theory expects {theory} to be enough; by the means of the runs {runs} is.",
        "排队论认为 {theory} 足够；按运行均值，{runs} 足够。",
    ),
    "staff.theory.neither": (
        "Queueing theory expects no level to be enough; by the means of the runs none is too.",
        "排队论认为没有水平足够；按运行均值亦然。",
    ),
    "staff.level.none": ("no level", "没有水平"),
    "staff.apart": (
        (
            "They disagree by more than the intervals at {levels}: at {level} theory has {measure} at {theory}, the "
            "runs {runs}."
        ),
        "两者之差超出区间的水平：{levels}；在 {level}，排队论给出{measure} {theory}，运行为 {runs}。",
    ),
    "staff.never": ("work that is never done", "做不完的工作"),
    "staff.why": ("Why they may: in theory {reasons}.", "可能的原因（排队论中）：{reasons}。"),
    "staff.runs": (
        (
            "{n} runs a level on common random numbers; 'surely' means that the whole 95 % interval meets the target. "
            "Late: first reached after {limit}, or never."
        ),
        "每个水平运行 {n} 次，使用公共随机数；“确定”指整个 95% 区间达标。超时到场：{limit}后才到场或从未到场。",
    ),
    "staff.failed": ("{n} runs failed: failures.json says which, and why.", "{n} 次运行失败，详见 failures.json。"),
    "leaves.carry_over": (
        "each hour is taken for itself, so that what an hour leaves undone is not carried into the next",
        "各小时单独计算，未办完的工作不带入下一小时",
    ),
    "leaves.short_run": (
        "runs begin empty and end, where theory speaks of the long run",
        "运行从空开始且会结束，而理论讲的是长期",
    ),
    "leaves.service_law": ("work is taken to be exponential, and units alike", "工作时长按指数分布，力量视为相同"),
    "leaves.several": (
        "units for one case are taken to come independently of one another",
        "同一案件的多个力量视为相互独立到场",
    ),
    "leaves.areas": (
        "cases lie in the middle of their area and units come from their stations, by free flow of the first band",
        "案件位于区域中心，力量自站点按自由流速度出发",
    ),
    "leaves.policy": (
        "units are taken to be sent by expected arrival, whatever the policy prefers",
        "按预计到达派遣，不计派遣策略的偏好",
    ),
    "leaves.patrols": ("what patrols find, settle or merge is left out", "不计巡查发现、当场处置与归并"),
    "leaves.checks": ("looking before and after is taken for jobs of its own", "核实与核查视为单独任务"),
    "leaves.skills": ("units with different skills are taken for one pool", "不同技能的力量视为同一队伍"),
    "leaves.absence": (
        "absence and spells away are taken as fewer units all the time",
        "缺勤与离岗按全时段力量减少计",
    ),
    "leaves.desks": ("the desks of the centre take no time", "中心台席不耗时"),
    "leaves.waiting_room": (
        "whoever finds the waiting room full is not lost but waits",
        "等候席位已满者不流失而继续等候",
    ),
    # the page
    "staff.title": ("Staffing", "人力配置"),
    "staff.lead": (
        "The same days with fewer and more people: what each next one buys, what it costs, and how many are enough.",
        "让更少与更多的人面对相同的日子：每多一人换来什么、花费多少、多少人足够。",
    ),
    "staff.levels": ("Levels", "水平"),
    "staff.levels.help": (
        "Everybody so many times: 0.6:1.4:0.2 (first, last, step), or 0.8,1,1.2",
        "全部人力的倍数：0.6:1.4:0.2（首、末、步长），或 0.8,1,1.2",
    ),
    "staff.only": ("Only these change (optional)", "仅调整（可选）"),
    "staff.only.help": (
        "Kinds of unit, groups or desks, with commas; empty: everybody",
        "力量类别、班组或台席，以逗号分隔；留空则为全部",
    ),
    "staff.empty": (
        "Ask on the left. Every level is run on the same days; the curve appears when all runs are made.",
        "请在左侧提问。每个水平都面对相同的日子；全部运行完成后显示曲线。",
    ),
    "staff.curve": ("What service costs", "服务与成本"),
    "staff.curve.what": (
        (
            "{measure} by level, with 95 % intervals. Diamond: the knee; ring: the cheapest level that meets all "
            "targets; broken line: queueing theory."
        ),
        "各水平的{measure}，附 95% 区间。菱形：拐点；圆环：全部达标的最省水平；虚线：排队论。",
    ),
    "staff.measure": ("Measure", "指标"),
    "staff.axis.people": ("people", "人数"),
    "staff.axis.cost": ("{currency} a day", "每日 {currency}"),
    "staff.what_if": ("What if?", "如果……"),
    "staff.what_if.what": (
        "Read from the curve, between the levels that were run: expected, and where the truth is with 95 %.",
        "在已运行的水平之间由曲线读出：期望值与 95% 区间。",
    ),
    "staff.slider": ("Everybody so many times", "全部人力的倍数"),
    "staff.by_shift": ("People by shift", "各班人数"),
    "staff.by_shift.what": (
        "Other numbers than the level's: the curve is read at the people in all, wherever they work.",
        "可改各班人数：曲线按总人数读取，不分班次。",
    ),
    "staff.people": ("People", "人数"),
    "staff.people.what": ("in all shifts together", "各班合计"),
    "staff.cost": ("Cost a day", "日成本"),
    "staff.cost.what": ("{currency}, by the rates of the scenario", "{currency}，按场景单价"),
    "staff.read": ("{low} to {high}", "{low} 至 {high}"),
    "staff.beyond": ("beyond what was run: the nearest level", "超出已运行范围，取最近水平"),
    "staff.run_level": ("Run this level too", "运行此水平"),
    "staff.run_shifts": ("Run it in the policy lab", "在策略实验室运行"),
    "staff.table.levels": ("Levels, ± half the 95 % interval", "各水平，± 95% 区间半宽"),
    "staff.table.steps": ("What each next person buys", "每多一人换来什么"),
    "staff.table.theory": ("What queueing theory expects", "排队论的预期"),
    "staff.table.crews": ("Who is there", "在岗安排"),
    "staff.column.level": ("Level", "水平"),
    "staff.column.step": ("From → to", "从 → 到"),
    "staff.column.cost_each": ("{currency} a day each", "每人每日 {currency}"),
    "staff.column.crew": ("Crew", "班组"),
    "staff.theory_and_runs": ("{theory} (runs {runs})", "{theory}（运行 {runs}）"),
    "staff.shift.of": ("{name}, {shift}", "{name}，{shift}"),
}
