"""What the page says, in English and Chinese, both languages side by side, so that none can be missing.

In: a language. Out: `Words`, which looks a phrase up by key, fills in its fields, and writes numbers, spans and
instants the way that language does. Names and texts from data pass through unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from twin.domain.mode import E_BIKE, Mode


class Language(StrEnum):
    """Languages of the page."""

    ENGLISH = "en"
    CHINESE = "zh"


PHRASES: dict[str, tuple[str, str]] = {
    # the head of the page
    "language": ("Language", "语言"),
    "head.city": ("A city", "城市"),
    "head.policy": ("Policy", "派遣策略"),
    "head.seed": ("Seed", "随机种子"),
    "head.period": ("Period", "时段"),
    "head.place": ("City", "城市"),
    "head.from_to": ("{start} – {end} ({zone})", "{start} 至 {end}（{zone}）"),
    "head.recorded": ("as recorded", "历史实录"),
    # tiles
    "tile.cases": ("Cases", "案件"),
    "tile.cases.what": ("reported in the period", "时段内上报数"),
    "tile.closed": ("Closed", "已结案"),
    "tile.closed.what": ("all units free again; {n_open} still open", "全部力量已撤离；未结 {n_open} 件"),
    "tile.p50": ("Typical response (P50)", "响应时间中位数（P50）"),
    "tile.p90": ("Slow response (P90)", "响应时间 P90"),
    "tile.response.what": ("reported → first unit on scene; cases: {n}", "上报 → 首个力量到场，共 {n} 件"),
    "tile.within": ("Within {limit}", "{limit}内到场"),
    "tile.within.what": (
        "reported → first unit on scene; share of cases reached: {n}",
        "到场的 {n} 件中，上报 → 首个力量到场",
    ),
    "tile.busy": ("Busy share", "力量占用率"),
    "tile.busy.what": (
        "assigned → free, share of time in service; units: {n}",
        "派单 → 空闲，占 {n} 个力量在岗时间之比",
    ),
    "none": ("–", "–"),
    # the map
    "map.alt": (
        "Map of the streets with cases, stations and units; the tables below say the same in figures",
        "街道地图，标有案件、站点与力量；下方表格给出同样内容",
    ),
    "map.when": ("Units at", "力量所在时刻"),
    "map.which": ("Cases shown", "显示案件"),
    "map.which.all": ("All of the run", "全部案件"),
    "map.which.open": ("Open at that time", "该时刻未结"),
    "map.now": (
        "{instant}: {n_out} on a case, {n_free} free, {n_absent} absent · {n_open} cases open",
        "{instant}：办案 {n_out}，空闲 {n_free}，离岗或下班 {n_absent}；未结案件 {n_open} 件",
    ),
    "map.now.patrol": (
        "{instant}: {n_patrol} on patrol, {n_out} on a case, {n_free} free, {n_absent} absent · {n_open} cases open",
        "{instant}：巡查 {n_patrol}，办案 {n_out}，待命 {n_free}，离岗或下班 {n_absent}；未结案件 {n_open} 件",
    ),
    "map.show": ("Map layers", "图层"),
    "map.grids": ("Borders of grids", "网格边界"),
    "map.facilities": ("Facilities", "设施"),
    "map.names": ("Names", "地名"),
    "map.capped": ("The latest {shown} of {n} cases are drawn.", "仅绘出最近 {shown} 件（共 {n} 件）。"),
    "map.credit": ("Map: {credit}", "地图：{credit}"),
    "map.none": (
        "This run has no streets (travel: none), so there is no map.",
        "本次运行不含道路（travel: none），故无地图。",
    ),
    # what pops up
    "tip.case": (
        "Case: {matter}, priority {priority}\n{area}\nResponse: {response}",
        "案件：{matter}，{priority} 级\n{area}\n响应：{response}",
    ),
    "tip.unit": ("{name} ({kind})\n{status}", "{name}（{kind}）\n{status}"),
    "tip.inferred": ("\nway inferred between two recorded stamps", "\n路线由两次记录推断"),
    "tip.station": ("Station: {name}", "站点：{name}"),
    "tip.facility": ("{kind}: {name}", "{kind}：{name}"),
    # the legend
    "legend.cases": ("Cases, by response", "案件（按响应时间）"),
    "legend.units": ("Units at that time", "该时刻力量"),
    "legend.kinds": ("Who they are", "力量类别"),
    "legend.station": ("Station", "站点"),
    "legend.hollow": ("Hollow: way inferred, not recorded", "空心：路线为推断，非实录"),
    "legend.ahead": ("Way still ahead", "前方路程"),
    "legend.behind": ("Patrolled in the last 3 min", "近 3 分钟巡查轨迹"),
    # what stands still
    "facility.hydrant": ("Hydrant", "消火栓"),
    "facility.hospital": ("Hospital", "医院"),
    "facility.school": ("School", "学校"),
    "facility.police": ("Police", "派出所"),
    "facility.fire_station": ("Fire station", "消防站"),
    "facility.shelter": ("Shelter", "避难场所"),
    "facility.park": ("Park", "公园"),
    "facility.toilets": ("Toilets", "公厕"),
    "facility.camera": ("Camera", "摄像头"),
    "ground.village": ("Urban village", "城中村"),
    "ground.school": ("School ground", "校园"),
    "ground.park": ("Green", "绿地"),
    "ground.water": ("Water", "水面"),
    "ground.lane": ("Lane, no cars", "步行巷道"),
    "ground.grid": ("Border of a grid", "网格边界"),
    "overlay.base": ("Base", "基础网格"),
    "overlay.security": ("Security", "治安"),
    "overlay.sanitation": ("Sanitation", "环卫"),
    "overlay.fire": ("Fire", "消防"),
    # who units are
    "kind.grid_worker": ("Grid worker", "网格员"),
    "kind.grid_vehicle": ("Grid vehicle", "网格车"),
    "kind.sanitation_worker": ("Sanitation worker", "环卫工"),
    "kind.cleaning_crew": ("Cleaning crew", "保洁班组"),
    "kind.night_patrol": ("Night patrol", "夜间巡查员"),
    "kind.repair_crew": ("Repair crew", "维修班组"),
    "kind.patrol_vehicle": ("Patrol vehicle", "巡逻车"),
    "kind.engine": ("Fire engine", "消防车"),
    "kind.ambulance": ("Ambulance", "救护车"),
    "kind.on_e_bike": ("{kind}, e-bike", "{kind}·电动车"),
    "band.4": ("up to 4 min", "4 分钟内"),
    "band.8": ("4 to 8 min", "4–8 分钟"),
    "band.15": ("8 to 15 min", "8–15 分钟"),
    "band.later": ("over 15 min", "超过 15 分钟"),
    "band.never": ("no unit came", "无力量到场"),
    "status.parked": ("Standing by", "待命"),
    "status.patrolling": ("On patrol", "巡查中"),
    "status.returning": ("On the way back", "返程"),
    "status.turnout": ("Turning out", "出动准备"),
    "status.en_route": ("On its way", "赶赴途中"),
    "status.on_scene": ("On scene", "现场处置"),
    "status.away": ("Away", "离岗"),
    "status.off_duty": ("Off duty", "下班"),
    "status.moving": ("Turning out or on its way", "出动或赶赴途中"),
    # tables
    "table.title": ("Result", "结果"),
    "table.priority": ("By priority", "按优先级"),
    "table.area": ("By area", "按区域"),
    "table.matter": ("By matter", "按事项"),
    "table.unit": ("By unit", "按力量"),
    "table.cases": ("Cases", "案件明细"),
    "table.latest": ("The latest {shown} of {n} cases.", "仅列最近 {shown} 件（共 {n} 件）。"),
    "table.empty.cases": ("There were no cases.", "没有案件。"),
    "table.empty.units": ("There were no units.", "没有力量。"),
    "column.priority": ("Priority", "优先级"),
    "column.area": ("Area", "区域"),
    "column.matter": ("Matter", "事项"),
    "column.reached": ("Cases reached", "到场案件"),
    "column.p50": ("P50 response, min", "响应 P50（分钟）"),
    "column.p90": ("P90 response, min", "响应 P90（分钟）"),
    "column.max": ("Longest, min", "最长（分钟）"),
    "column.within": ("Within {limit}", "{limit}内到场"),
    "column.unit": ("Unit", "力量"),
    "column.kind": ("Kind", "类别"),
    "column.jobs": ("Jobs", "任务数"),
    "column.busy": ("Busy share", "占用率"),
    "column.away": ("Away share", "离岗率"),
    "column.ref": ("Case", "案件编号"),
    "column.reported": ("Reported", "上报时间"),
    "column.response": ("Response, min", "响应时间（分钟）"),
    "column.units": ("Units sent", "派出力量"),
    "column.outcome": ("State", "状态"),
    "outcome.closed": ("closed", "已结案"),
    "outcome.open": ("open", "未结案"),
    # what to know about it
    "note.no_cases": (
        "No case was reported: there is no demand, or the period is empty.",
        "没有案件上报：无需求，或时段为空。",
    ),
    "note.no_units": ("There are no units: every case waits.", "没有任何力量：所有案件都在等待。"),
    "note.unserved": (
        "Needs given up because no unit has the skill: {n}.",
        "{n} 项需求无法满足：没有具备该技能的力量。",
    ),
    "note.unreachable": ("Needs that no free unit had a way to by road: {n}.", "{n} 项需求无路可达。"),
    "note.anomalies": (
        "Facts that contradict the history before them, applied, marked and counted: {n}.",
        "{n} 条事实与先前记录矛盾；已采纳、标注并计数。",
    ),
    # how to have it again
    "again.title": ("Have it again", "复现"),
    "again.what": (
        "The same scenario and seed give the same journal, byte for byte. This runs it again and compares:",
        "相同的场景与种子得到逐字节一致的日志。以下命令重新运行并比对：",
    ),
    "again.recorded": (
        "This run is a history as it was recorded. This reads it again and compares every figure:",
        "本次运行为历史实录。以下命令重新读取并比对全部数字：",
    ),
    "again.digest": ("Digest of the journal; facts: {n}", "{n} 条事实的摘要"),
    # a city by itself
    "city.nodes": ("Junctions", "路口"),
    "city.nodes.what": ("each can be reached from every other", "两两互通"),
    "city.edges": ("Directed streets", "有向路段"),
    "city.edges.what": ("a two-way street counts twice", "双向道路计两次"),
    "city.km": ("Street length", "道路总长"),
    "city.km.what": ("kilometres, two-way streets once", "公里，双向道路计一次"),
    "city.stations": ("Stations", "站点"),
    "city.stations.what": ("{n} off the map", "图外 {n} 个"),
    "city.areas": ("Areas", "区域"),
    "city.areas.what": ("parts that cases are counted by", "案件统计的分区"),
    "city.report": ("What was read, kept and dropped", "读入、保留与舍弃"),
    "city.checksum": ("Checksum", "校验和"),
    # when it cannot be shown
    "error.title": ("This cannot be shown", "无法显示"),
    "error.what": ("Mend it, then load this page again.", "请修正后刷新页面。"),
}
"""Key → (English, Chinese). Text in braces is filled in."""


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases and figures in one language.

    >>> Words(Language.ENGLISH).span(402.4), Words(Language.CHINESE).span(402.4)
    ('6 min 42 s', '6分42秒')
    """

    language: Language

    def __call__(self, key: str, **fields: object) -> str:
        """The phrase called `key`, with its fields filled in."""
        return PHRASES[key][self.language is Language.CHINESE].format(**fields)

    def named(self, family: str, name: str) -> str:
        """What one of a family of names is called, such as "overlay" and "base"; names of the user's own as they are.

        >>> Words(Language.CHINESE).named("overlay", "base"), Words(Language.CHINESE).named("overlay", "east")
        ('基础网格', 'east')
        """
        return self(f"{family}.{name}") if f"{family}.{name}" in PHRASES else name

    def kind(self, kind: str, mode: Mode) -> str:
        """What a kind of unit is called; that it goes by e-bike is said as well.

        >>> Words(Language.CHINESE).kind("grid_worker", E_BIKE)
        '网格员·电动车'
        """
        called = self.named("kind", kind)
        return self("kind.on_e_bike", kind=called) if mode is E_BIKE else called

    @property
    def never_reached(self) -> str:
        """Said of a case that no unit came to."""
        return self("band.never")

    def span(self, seconds: float | None) -> str:
        """A span of time, to the second; a dash where there is none."""
        if seconds is None:
            return self("none")
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        chinese = self.language is Language.CHINESE
        if hours:
            return f"{hours}小时{minutes:02}分" if chinese else f"{hours} h {minutes:02} min"
        if minutes:
            return f"{minutes}分{rest:02}秒" if chinese else f"{minutes} min {rest:02} s"
        return f"{rest}秒" if chinese else f"{rest} s"

    def limit(self, seconds: float) -> str:
        """A limit in whole minutes where it is one, else as a span."""
        minutes, rest = divmod(seconds, 60)
        if rest:
            return self.span(seconds)
        return f"{minutes:.0f} 分钟" if self.language is Language.CHINESE else f"{minutes:.0f} min"

    def share(self, value: float | None) -> str:
        """A share from 0 to 1 in per cent, one decimal; a dash where there is none."""
        return self("none") if value is None else f"{value:.1%}"

    def count(self, value: int) -> str:
        """A whole number with separators of thousands."""
        return f"{value:,}"

    def instant(self, moment: datetime) -> str:
        """Civil date and time to the minute, with the weekday."""
        if self.language is Language.CHINESE:
            weekday = "一二三四五六日"[moment.weekday()]
            return f"{moment:%Y-%m-%d} 周{weekday} {moment:%H:%M}"
        weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
        return f"{weekday} {moment:%Y-%m-%d %H:%M}"
