/// The data dictionary that ships with the data: Frictionless Data Package v2 (specs.frictionlessdata.io),
/// made of the same columns as the tables.
struct DataPackage {
  let node: JSONNode

  init(_ plan: Plan, _ tables: PlanTables, compressed: Bool) {
    let resources = tables.tables.map { table -> JSONNode in
      let fields = table.columns.map { column -> JSONNode in
        var members: [JSONNode.Member] = [
          .init("name", .string(column.name)), .init("type", .string(column.kind.rawValue)),
          .init("description", .string(column.meaning)),
        ]
        if let unit = column.unit { members.append(.init("unit", .string(unit))) }
        return .object(members)
      }
      var members: [JSONNode.Member] = [
        .init("name", .string(table.name)), .init("title", .string(table.title)),
        .init("path", .string("\(table.name).csv\(compressed ? ".gz" : "")")),
        .init("type", "table"), .init("scheme", "file"), .init("format", "csv"),
        .init("mediatype", "text/csv"), .init("encoding", "utf-8"),
      ]
      if compressed { members.append(.init("compression", "gz")) }
      members += [
        .init("dialect", ["delimiter": ",", "lineTerminator": "\r\n", "header": true]),
        .init("schema", ["fields": .array(fields), "missingValues": [""]]),
      ]
      return .object(members)
    }
    node = [
      "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
      "name": .string(DataPackage.slug(plan.experiment)),
      "title": .string("Rhodian results: \(plan.experiment)"),
      "version": .string(Version.current),
      "resources": .array(resources),
    ]
  }

  /// Package names are lower case letters, digits, `-`, `_` and `.`.
  private static func slug(_ name: String) -> String { name.lowercased() }
}
