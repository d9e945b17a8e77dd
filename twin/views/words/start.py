"""What the page says: the start page, and what is shown while it opens. Key → (English, Chinese)."""

PHRASES: dict[str, tuple[str, str]] = {
    "start.title": ("gridtwin", "网格孪生"),
    "start.lead": (
        "A digital twin of a city's grid command centre: try a policy, a shift, a closed street before people live it.",
        "城市网格化综合指挥中心的数字孪生：派遣策略、班次、封路，先在这里推演，再落到人身上。",
    ),
    "start.scenario": ("Run a scenario", "运行场景"),
    "start.scenario.what": ("a running twin that takes your commands", "可下达指令的实时孪生"),
    "start.which": ("Scenario", "场景"),
    "start.begin": ("Begin at", "开始时刻"),
    "start.run": ("Run it", "运行"),
    "start.replay": ("Look at a run again", "回看一次运行"),
    "start.replay.what": ("a finished run, scrubbed like a film", "已结束的运行，可拖动时间"),
    "start.beside": ("Beside it (optional)", "对照（可选）"),
    "start.look": ("Open it", "打开"),
    "start.resume": ("Go on with a twin", "继续上次的孪生"),
    "start.resume.what": ("stopped, or killed: it goes on from the last fact", "停止或中断后，从最后一条事实继续"),
    "start.go_on": ("Go on", "继续"),
    "start.city": ("Look at a city", "查看城市"),
    "start.city.what": ("its streets, grids and facilities", "道路、网格与设施"),
    "start.path": ("… or the path of a file or folder", "……或文件、文件夹路径"),
    "start.path.help": (
        "A scenario file, a run folder, a city folder, or the folder of a stopped twin",
        "场景文件、运行文件夹、城市文件夹，或已停止孪生的文件夹",
    ),
    "start.nothing_near": ("Nothing of the kind in this folder.", "当前文件夹中没有此类内容。"),
    "start.may_not": (
        "Your seat may not open anything here: ask the administrator.",
        "您的席位无权打开，请联系管理员。",
    ),
    "start.opening": ("Opening", "正在打开"),
    "start.step": ("One moment: {step}", "请稍候：{step}"),
    "step.building": ("laying out streets and tours", "铺设道路与巡线"),
    "step.reading": ("reading the journal", "读取日志"),
    "step.starting": ("going on to the time of day", "推进到指定时刻"),
    "start.opening.what": (
        "Streets are laid out and tours planned once; a large city takes about a minute.",
        "正在铺设道路、规划巡线；大城市约需一分钟。",
    ),
    "start.fault": ("This could not be opened", "无法打开"),
    "start.no_seat": ("No seat", "没有席位"),
    "start.no_seat.what": (
        "This room is open to those who hold a seat. Open the link of yours; whoever runs the room hands it out.",
        "本室仅对持有席位者开放。请使用您的席位链接；如没有，请联系管理者。",
    ),
}
