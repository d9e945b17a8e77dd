"""What the page says: its head and the tiles of a result. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {
    # the head of the page
    "language": ("Language", "语言"),
    "head.city": ("A city", "城市"),
    "head.place": ("City", "城市"),
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
}
