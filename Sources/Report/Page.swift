import Experiments

/// The frame of the sections: what was run, by which version, and how to know that it is this.
struct Page {
  let text: String

  init(_ results: Results, shown: Int, sections: [Markup]) {
    let plan = results.plan
    let head = tag(
      "head", [:],
      [
        lines([
          "", tag("meta", ["charset": "utf-8"]),
          tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
          tag("title", [:], [Markup("\(plan.experiment): who paid")]), styleSheet(Page.style), "",
        ])
      ])
    let failed = plan.runCount - results.runCount
    var facts: [(String, Markup)] = [
      ("made by", Markup(results.manifest.maker.description)),
      (
        "runs",
        Markup(
          "\(Numbers.counted(results.runCount, "run")): "
            + "\(Numbers.counted(results.groups.count, "variant")) × seeds \(Page.seeds(plan))"
            + (failed > 0 ? "; \(Numbers.counted(failed, "more run")) failed, see failures.csv" : ""))
      ),
      (
        "manifest", tag("code", ["title": "sha256sum manifest.json"], [Markup(results.manifestDigest)])
      ),
    ]
    if shown < results.groups.count {
      facts.append(
        (
          "shown",
          Markup(
            "the first \(shown) of \(results.groups.count) variants and swept values; summary.csv has all")
        ))
    }
    let header = tag(
      "header", [:],
      [
        lines([
          tag("h1", [:], [Markup(plan.experiment)]),
          tag(
            "p", ["class": "lead"],
            ["Who pays when a protocol is left with bad debt, in this experiment."]),
          tag("dl", [:], facts.flatMap { [tag("dt", [:], [Markup($0)]), tag("dd", [:], [$1])] }),
        ])
      ])
    let footer = tag(
      "footer", [:],
      [
        "Every number on this page comes of summary.csv, incidence.csv and runs made again from ",
        "config.resolved.json; ",
        tag("code", [:], ["rhodian verify"]), " holds both against the manifest.",
      ])
    let body = tag("body", [:], [lines(["", tag("main", [:], [lines([header] + sections + [footer])]), ""])])
    let page = tag(
      "html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"], [lines(["", head, body, ""])])
    text = "<!DOCTYPE html>\n" + page.rendered + "\n"
  }

  private static func seeds(_ plan: Plan) -> String {
    plan.seeds.count == 1
      ? "\(plan.seeds.first)" : "\(plan.seeds.first) to \(plan.seeds.first + UInt64(plan.seeds.count - 1))"
  }

  /// Light and dark: only inks and grounds change, colours that stand for something do not.
  private static let style = """
    :root { --ground: #ffffff; --ink: #17202b; --soft: #586474; --grid: #e4e8ed; --zero: #9aa5b1;
      --half: #d9e2ee; --seed: #3b6fd4; --trust: #17202b; color-scheme: light dark; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #14191f; --ink: #e5e9ee; --soft: #9aa6b4; --grid: #2a323c; --zero: #66717e;
        --half: #2c3a4c; --seed: #7fa6f0; --trust: #e5e9ee; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 1128px; margin: 0 auto; padding: 32px 24px 48px; }
    h1 { font-size: 30px; line-height: 1.2; margin: 0; }
    h2 { font-size: 21px; margin: 44px 0 4px; border-top: 1px solid var(--grid); padding-top: 20px; }
    h3 { font-size: 16px; margin: 26px 0 2px; }
    p { margin: 4px 0 12px; max-width: 84ch; }
    .lead { color: var(--soft); font-size: 17px; margin: 2px 0 16px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; font-size: 14px; }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
    code { font-family: ui-monospace, monospace; font-size: 0.92em; }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 10px 0; padding: 0;
      font-size: 13px; }
    .legend li { display: flex; align-items: center; gap: 7px; }
    .legend .heading { color: var(--soft); min-width: 92px; }
    .key { width: 13px; height: 13px; border-radius: 2px; }
    .picture, .table { overflow-x: auto; }
    svg { display: block; width: 100%; min-width: 760px; height: auto; font-size: 12px; }
    svg text { fill: var(--ink); }
    svg .tick { fill: var(--soft); font-size: 11px; }
    svg .head { fill: var(--soft); }
    svg .name { font-weight: 600; }
    svg .inside { font-size: 11px; }
    svg .total { font-variant-numeric: tabular-nums; }
    svg line.grid { stroke: var(--grid); }
    svg line.zero { stroke: var(--zero); }
    svg .part { stroke: var(--ground); stroke-width: 1; }
    svg .half { fill: var(--half); }
    svg .seed { fill: var(--seed); fill-opacity: 0.55; }
    svg .trust { fill: var(--trust); fill-opacity: 0.75; }
    svg .median { stroke: var(--ink); stroke-width: 2; }
    svg .curve { fill: none; stroke-width: 1.8; }
    svg .broken { stroke-width: 1.3; stroke-dasharray: 5 3; }
    table { border-collapse: collapse; margin: 12px 0 0; font-size: 13px; min-width: 60%; }
    caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
    th, td { padding: 4px 14px 4px 0; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--grid); }
    thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
    tbody th { font-weight: 600; min-width: 7em; max-width: 24em; position: sticky; left: 0;
      background: var(--ground); }
    tbody th.short { white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    td.number { white-space: nowrap; }
    td b { font-weight: 500; display: block; }
    td.none { color: var(--soft); }
    td small { color: var(--soft); font-size: 12px; }

    """
}
