/// Puts the prices that a replay's file holds into the config, so that a resolved config needs no other file.
///
///     { "replay": { "file": "eth.csv" } }
///     { "replay": { "file": "eth.csv", "history": { "file": …, "times": [0, 60], "prices": [194.5, 193.2] }
///   } }
///
/// Times are seconds since the file's first row. A replay that has a `history` is left as it is.
enum ReplayFiles {
  /// What a history was read from.
  struct Source: Hashable {
    let file: String
    let column: String
    let time: String
  }

  /// A tree with the histories put in; every replay in it is found, in variants and sweeps, too.
  ///
  /// - Parameter folder: where paths begin: empty, or ending in a slash.
  static func puttingIn(_ node: JSONNode, folder: String, _ diagnostics: Diagnostics) -> JSONNode {
    puttingIn(node, at: .root, isReplay: false, folder: folder, diagnostics)
  }

  private static func puttingIn(
    _ node: JSONNode, at path: ValuePath, isReplay: Bool, folder: String, _ diagnostics: Diagnostics
  ) -> JSONNode {
    switch node.content {
    case .object(var members):
      if isReplay, let file = node["file"]?.text, node["history"] == nil {
        let source = Source(
          file: file, column: node["column"]?.text ?? "price", time: node["time"]?.text ?? "time")
        let place = Place(path: .key(path, "file"), range: node["file"]?.range ?? node.range)
        if let history = history(from: source, folder: folder, place, diagnostics) {
          members.append(JSONNode.Member("history", history))
        }
        return JSONNode(.object(members), range: node.range)
      }
      for index in members.indices {
        let key = members[index].key
        members[index].value = puttingIn(
          members[index].value, at: .key(path, key), isReplay: key == "replay" || key.hasSuffix(".replay"),
          folder: folder, diagnostics)
      }
      return JSONNode(.object(members), range: node.range)
    case .array(let elements):
      return JSONNode(
        .array(
          elements.enumerated().map { index, element in
            // The values of a swept path: `"assets.ETH.process.replay": [ … ]`.
            puttingIn(
              element, at: .index(path, index), isReplay: isReplay, folder: folder, diagnostics)
          }), range: node.range)
    default: return node
    }
  }

  private static func history(
    from source: Source, folder: String, _ place: Place, _ diagnostics: Diagnostics
  ) -> JSONNode? {
    func refuse(_ message: String, allowed: String? = nil) -> JSONNode? {
      diagnostics.report(message, at: place, found: "\"\(shortened(source.file))\"", allowed: allowed)
      return nil
    }
    var bytes: [UInt8]
    do throws(ReadingFailure) {
      bytes = try bytesOfFile(at: source.file.hasPrefix("/") ? source.file : folder + source.file)
    } catch {
      switch error {
      case .missing: return refuse("there is no such file", allowed: "a path from the folder of this config")
      case .unreadable(_, let reason): return refuse("the file cannot be read: \(reason)")
      case .invalid: return refuse("the file cannot be read")
      }
    }
    if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    let table = CSVTable(bytes)
    for column in [source.time, source.column] where table.index(of: column) == nil {
      return refuse(
        "the file has no column `\(shortened(column))`",
        allowed: listed(table.header.map { shortened($0) }))
    }
    guard let timeColumn = table.index(of: source.time), let column = table.index(of: source.column),
      !table.rows.isEmpty
    else { return refuse("the file has no rows") }
    var times: [JSONNode] = []
    var prices: [JSONNode] = []
    var (first, last) = (0.0, -1.0)
    for (index, row) in table.rows.enumerated() {
      // The header is line 1.
      let line = index + 2
      guard row.count > max(timeColumn, column), let seconds = Double(row[timeColumn]),
        let price = Double(row[column]), seconds.magnitude <= 1e12, price > 0, price <= 1e12
      else {
        return refuse(
          "line \(line) does not hold a time and a price", allowed: "seconds, and a price above 0")
      }
      if index == 0 { first = seconds }
      let passed = ((seconds - first) * 1e6).rounded() / 1e6
      guard passed > last else {
        return refuse(
          "the time in line \(line) is not after the one before", allowed: "rows in order of time")
      }
      last = passed
      times.append(.number(passed))
      prices.append(.number(price))
    }
    return .object([
      JSONNode.Member("file", .string(source.file)), JSONNode.Member("column", .string(source.column)),
      JSONNode.Member("time", .string(source.time)), JSONNode.Member("times", .array(times)),
      JSONNode.Member("prices", .array(prices)),
    ])
  }
}
