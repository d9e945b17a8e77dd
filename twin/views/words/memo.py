"""What the memo of an experiment says. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {
    "memo.kicker": ("Decision memo", "决策备忘"),
    "memo.panel": ("Never one figure alone", "不只看一个指标"),
    "memo.panel.what": (
        (
            "Mean over replications ± half its 95 % interval; below it the paired difference to {against}, with its "
            "interval: ▲ better, ▼ worse, ○ cannot be told."
        ),
        "各次重复的均值 ± 95% 区间半宽；下行为与“{against}”的配对差及其区间：▲ 变好，▼ 变差，○ 未能判定。",
    ),
    "memo.targets": (
        "Targets (✓ met, ✗ missed, ? unsure): {targets}.",
        "目标（✓ 达标，✗ 未达标，? 未定）：{targets}。",
    ),
    "memo.more": ("{n} more alternatives stand in answer.json.", "另有 {n} 个方案，见 answer.json。"),
    "memo.gains": ("Who gains, who loses", "谁受益，谁受损"),
    "memo.gains.what": (
        "{measure}: {name} less {against}, pair by pair. Left is better. Each 95 % interval is for its line alone.",
        "{measure}：“{name}”减“{against}”，逐次配对。向左为更好。各行 95% 区间单独成立。",
    ),
    "memo.gains.late": ("late share, points", "超时到场率，百分点"),
    "memo.gains.n": ("cases a run", "每次案件数"),
    "memo.gains.none": ("No group of cases can be compared.", "没有可比较的案件分组。"),
    "memo.by.priority": ("Priority {group}", "优先级 {group}"),
    "memo.by.grid": ("Grid {group}", "网格 {group}"),
    "memo.few.grid": ("Grids: the worst and the best of {n}", "网格：{n} 个中最差与最好的几个"),
    "memo.few.area": ("Areas: the worst and the best of {n}", "区域：{n} 个中最差与最好的几个"),
    "memo.all.grid": ("By grid", "按网格"),
    "memo.all.area": ("By area", "按区域"),
    "memo.all.priority": ("By priority", "按优先级"),
    "memo.flip": ("What would flip it", "什么会推翻结论"),
    "memo.flip.what": (
        (
            "Each assumption is multiplied until {other} draws level with {best} by {measure}, on {n} of the same "
            "seeds. Band: where it cannot be told."
        ),
        "逐一放大或缩小各项假设，直到按{measure}“{other}”与“{best}”持平；使用相同的 {n} 个种子。灰带：无法判定的范围。",
    ),
    "memo.flip.unsure": ("cannot be told from {low} to {high}", "{low} 至 {high} 之间无法判定"),
    "memo.flip.unsure_now": (
        "cannot be told even as things are, nor up to {high}",
        "现状下即无法判定，直至 {high}",
    ),
    "memo.flip.never_sure": (
        "cannot be told from {low} on; the opposite is nowhere sure",
        "自 {low} 起无法判定，且相反结论始终不确定",
    ),
    "memo.flip.never_told": (
        "cannot be told even as things are, nor anywhere beyond",
        "现状下及其后均无法判定",
    ),
    "memo.flip.a_day": ("{n} a day", "每日 {n} 件"),
    "memo.flip.also": ("It would flip also with: {names}.", "以下假设也会推翻结论：{names}。"),
    "memo.flip.fewer": (
        "Only {n} of {of} assumptions flip it within their range.",
        "{of} 项假设中仅 {n} 项在其范围内会推翻结论。",
    ),
    "memo.flip.none": (
        "None of {of} assumptions flips it within its range.",
        "{of} 项假设在其范围内均不会推翻结论。",
    ),
    "memo.flip.not": (
        "Not flipped, from {low} to {high} or as said, by: {names}.",
        "在 {low} 至 {high}（另注者除外）范围内不会推翻结论的假设：{names}。",
    ),
    "memo.flip.range": ("{name} ({low} to {high})", "{name}（{low} 至 {high}）"),
    "memo.flip.lost": ("{name} could not be tried everywhere: {message}", "{name}未能全程试算：{message}"),
    "memo.flip.already": (
        (
            "On {n} seeds {other} is no worse than {best} as things are ({by}): there is nothing to flip. "
            "More seeds may tell."
        ),
        "仅用 {n} 个种子时，现状下“{other}”并不逊于“{best}”（{by}），无从推翻；增加种子或可判定。",
    ),
    "memo.flip.skipped": ("Break-even values were not asked for.", "未要求计算临界值。"),
    "memo.flip.nothing": ("The scenario assumes no number that could be multiplied.", "该场景没有可缩放的数值假设。"),
    "assumed.demand": ("demand", "需求量"),
    "assumed.on_scene": ("times on the scene", "现场处置用时"),
    "assumed.on_scene_of": ("time on the scene, {of}", "现场处置用时（{of}）"),
    "assumed.speed": ("travel speed", "行进速度"),
    "assumed.noise": ("spread of travel times", "行程时间的离散度"),
    "assumed.intake": ("time to take a report down", "受理用时"),
    "assumed.processing": ("time to dispatch", "派遣用时"),
    "assumed.turnout": ("turnout times", "出动用时"),
    "assumed.desks": ("times at the desks", "台席办理用时"),
    "assumed.attends": ("share that comes to its shifts", "到岗率"),
    "assumed.spells": ("time out of service", "离岗时长"),
    "assumed.told_share": ("share of problems that citizens tell of", "市民上报比例"),
    "assumed.told_after": ("time until citizens tell", "市民上报前用时"),
    "memo.cost": ("Cost", "成本"),
    "memo.cost.none": (
        "The scenario gives no costs (key costs), so none can be told.",
        "场景未给出成本（costs 键），故无法说明。",
    ),
    "memo.cost.of": ("{name}: {cost} a run of {span}", "{name}：每次运行（{span}）{cost}"),
    "memo.cost.gap": (
        "{name} costs {by} against {against} ({low} to {high}).",
        "“{name}”与“{against}”相比，成本相差 {by}（{low} 至 {high}）。",
    ),
    "memo.history": ("Does the model match history?", "模型与历史吻合吗？"),
    "memo.history.none": (
        "Nobody has held this scenario against a record: its numbers are assumed; the answer goes as far as they do.",
        "尚无人将本场景与历史记录比对：其数值均为假设，结论的效力以此为限。",
    ),
    "memo.history.not_compared": (
        (
            "The scenario is built on a record ({record}), but no comparison was given: gridtwin compare … --json, and "
            "--history."
        ),
        "场景基于历史记录（{record}），但未提供比对结果：请用 gridtwin compare … --json 生成，并以 --history 指定。",
    ),
    "memo.history.match": (
        "{interval}, record → model: P50 {p50}; P90 {p90}; KS distance {ks}; {n_a} and {n_b} values.",
        "{interval}（记录 → 模型）：P50 {p50}；P90 {p90}；KS 距离 {ks}；样本 {n_a} 与 {n_b}。",
    ),
    "memo.history.change": ("{a} → {b} ({low} to {high})", "{a} → {b}（{low} 至 {high}）"),
    "memo.history.distance": ("{distance} ({low} to {high})", "{distance}（{low} 至 {high}）"),
    "memo.interval.travel_s": ("Travel", "行程用时"),
    "memo.interval.unit_response_s": ("Unit response", "到场用时"),
    "memo.interval.response_s": ("Response", "响应时间"),
    "memo.assumptions": ("Assumed, not measured", "假设而非实测"),
    "memo.assumptions.none": ("The scenario names no assumption.", "场景未列出假设。"),
    "memo.assumptions.more": ("and {n} more, in the scenario", "其余 {n} 条见场景文件"),
    "memo.sure": ("How sure is this?", "把握有多大？"),
    "memo.foot.seeds": ("seeds {first} to {last}", "种子 {first} 至 {last}"),
    "memo.foot.n": ("{n} replications", "重复 {n} 次"),
    "memo.foot.specs": ("scenarios: {specs}", "场景校验值：{specs}"),
    "memo.foot.versions": ("made with {versions}", "版本：{versions}"),
    "memo.foot.digest": ("digest of all runs {digest}", "全部运行摘要 {digest}"),
    "memo.foot.again": (
        "To check it: gridtwin bundle {folder} --out results.zip; gridtwin verify results.zip makes every run again.",
        "复核：gridtwin bundle {folder} --out results.zip；再用 gridtwin verify results.zip 逐次重算。",
    ),
}
