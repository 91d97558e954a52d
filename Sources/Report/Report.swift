import Economy
import Experiments
import Kernel

/// A results folder as one page for people: pictures with their numbers, in one file that needs nothing else.
///
///     let report = try Report(of: "results/first-loss")
///     try report.write(to: "results/first-loss/report.html")
///
/// The page depends on the results alone: the same folder gives the same bytes. It is no part of the results,
/// and `rhodian verify` does not ask for it.
package struct Report {
  /// Points that have a row in pictures and tables; what is beyond is left to `summary.csv`.
  package static let mostPoints = 24
  /// Points whose median seed is run again for the lines over time.
  package static let mostTimelines = 12

  /// The page; XHTML that browsers take for HTML.
  package let page: String

  /// - Parameter path: a complete results folder.
  package init(of path: String) throws(ReportFailure) {
    let results = try Results(path: path)
    let groups = Array(results.groups.prefix(Report.mostPoints))
    let (timelines, lead) = try Report.timelines(results, groups)
    try results.refuseChanges()
    let left = groups.count - timelines.count
    let note = left > 0 ? "\(Numbers.counted(left, "more variant")) not shown." : ""
    let sections = [
      PaidSection(results, groups: groups).markup, LossSection(groups).markup,
      TimeSection(timelines, lead: lead, note: note).markup,
    ]
    page = Page(results, shown: groups.count, sections: sections).text
  }

  package func write(to path: String) throws(ReportFailure) {
    do throws(OutputFailure) { try Disk().replace(path, with: Array(page.utf8)) } catch {
      throw ReportFailure(error.exitCode, error.description)
    }
  }

  /// The seed whose loss is the median in one group, there and in every other that has it: made again with
  /// everything kept, as a results folder need not hold its events, and held against its fingerprint.
  private static func timelines(
    _ results: Results, _ groups: [Results.Group]
  ) throws(ReportFailure) -> (all: [Timeline], lead: Int) {
    // Of all variants the one that loses most has most to tell; of several the first.
    let medians = groups.prefix(mostTimelines).map { Statistics.median($0.runs.map(\.loss)) }
    let first = medians.firstIndex(of: medians.max() ?? 0) ?? 0
    let ranked = groups[first].runs.sorted { ($0.loss, $0.number) < ($1.loss, $1.number) }
    let seed = ranked[(ranked.count - 1) / 2].seed
    var lead = 0
    var timelines: [Timeline] = []
    for group in groups.prefix(mostTimelines) {
      guard let run = group.runs.first(where: { $0.seed == seed }) else {
        continue
      }
      if group.point == groups[first].point { lead = timelines.count }
      timelines.append(try timeline(of: run, named: group.name, results))
    }
    return (timelines, lead)
  }

  private static func timeline(
    of run: Results.Run, named name: String, _ results: Results
  ) throws(ReportFailure) -> Timeline {
    let planned = results.plan.run(number: run.number)
    let point = results.plan.point(planned.point)
    let config: ExperimentConfig
    do throws(ReadingFailure) { config = try results.plan.config(of: point) } catch {
      throw ReportFailure(error.exitCode, error.description)
    }
    let result: RunResult
    do throws(FailedRun) {
      result = try config.run(results.plan.label(of: planned, at: point), keeping: .all)
    } catch {
      throw ReportFailure(70, error.description)
    }
    guard result.fingerprint.hex == run.fingerprint else {
      throw ReportFailure(
        65,
        "\(results.path): run \(run.number), made again, is not the one in summary.csv: config, tables or "
          + "version have changed (see `rhodian verify`)")
    }
    return Timeline(result, name: name, tokens: config.world.tokens)
  }
}
