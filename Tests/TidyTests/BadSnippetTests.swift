import Testing

/// Every rule bites: a small bad snippet for each, with the lines where it must bite.
@Suite struct BadSnippetTests {
  private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

  private func file(_ path: String, _ lines: String...) -> TextFile {
    TextFile(path, lines.joined(separator: "\n") + "\n")
  }

  // MARK: The scanner

  @Test(
    "comments and words of literals are blanked, code in interpolations is not",
    arguments: [
      ("a // b", "a     "),
      ("a /* b /* c */ d */ e", "a                   e"),
      (#"f("b")"#, "f(   )"),
      (#"f("b \(c("d")) e")"#, "f(    (c(   ))   )"),
      (##"f(#"b \(c) " \#(d)"#)"##, "f(             (d)  )"),
      ("f(\"\"\"\n  \"b\"\n  \\(c)\n\"\"\")", "f(   \n     \n   (c)\n   )"),
      (#"a = "\"" + b"#, "a =      + b"),
    ])
  func scanner(text: String, expected: String) { #expect(codeOnly(text) == expected) }

  // MARK: Order

  @Test("a module may import neither one below it nor a system library")
  func imports() {
    let ledger = file(
      "Sources/Ledger/Bad.swift", "import Kernel", "import Economy", "@testable import Experiments",
      "import Foundation", "import func Glibc.exp", "// import rhodian")
    #expect(lines(ModuleOrder.imports(of: ledger)) == [2, 3, 4, 5])
    let experiments = file("Sources/Experiments/Bad.swift", "import Glibc", "import FoundationEssentials")
    #expect(lines(ModuleOrder.imports(of: experiments)) == [2])
  }

  @Test("a folder of Economy may not mention a type of a later one")
  func mentions() {
    let engine = file(
      "Sources/Economy/Contagion/Engine.swift", "package struct Engine {}", "private enum Hidden {}")
    let market = file(
      "Sources/Economy/Markets/Market.swift", "package struct Market {", "  // an Engine runs it",
      "  let engine: Engine", "  let hidden: Hidden", "  let text = \"Engine\"", "  let other: EngineRoom",
      "}")
    #expect(lines(ModuleOrder.mentions(in: [engine, market], module: "Economy")) == [3])
    #expect(
      ModuleOrder.mentions(
        in: [engine, file("Sources/Economy/Contagion/X.swift", "let e: Engine")], module: "Economy"
      ).isEmpty)
    let plan = file("Sources/Experiments/Plan/Y.swift", "package struct Plan {}\nlet t: Trace")
    let trace = file("Sources/Experiments/Trace.swift", "package struct Trace {}\nlet p: Plan")
    #expect(lines(ModuleOrder.mentions(in: [plan, trace], module: "Experiments")) == [2])
    #expect(ModuleOrder.mentions(in: [plan, trace], module: "Economy").isEmpty)
  }

  // MARK: Banned words

  @Test(
    "banned in a library",
    arguments: [
      "Int.random(in: 0..<6)", "deck.shuffled()", "deck.randomElement()", "SystemRandomNumberGenerator()",
      "Date()", "arc4random()", "x.addingProduct(y, z)", "try! read()", "x as! Int", "fatalError()",
      "print(x)",
      "nonisolated(unsafe) let x = 1", "Foundation.exp(x)", "Glibc.log(x)", "exp(x)", "2 * log(x)",
      "(pow(x, y))",
      "-sin(x)", "cos(x)", "\"\\(exp(x))\"", "static var count = 0", "private static var count: Int",
    ])
  func banned(code: String) {
    #expect(lines(BannedWords.findings(in: file("Sources/Economy/Markets/Bad.swift", "  " + code))) == [1])
  }

  @Test("a variable of the whole process")
  func globals() {
    #expect(lines(BannedWords.findings(in: file("Sources/Kernel/Bad.swift", "package var count = 0"))) == [1])
  }

  @Test(
    "not banned",
    arguments: [
      "ElementaryMath.exp(x)", "ElementaryMath.pow(x, y)", "// exp(x)", "\"exp(x)\"", "experiment(x)",
      "catalog(x)",
      "row.log(x)", "blueprint(x)", "fingerprint(x)", "static let count = 0", "static var count: Int { 0 }",
      "try read()", "try? read()", "x as? Int", "preconditionFailure()", "var count = 0",
      "case .shuffled(let seed):",
    ])
  func allowed(code: String) {
    #expect(BannedWords.findings(in: file("Sources/Economy/Markets/Good.swift", "  " + code)).isEmpty)
  }

  @Test("ElementaryMath itself calls its own functions by their bare names")
  func ownMathematics() {
    #expect(BannedWords.findings(in: file("Sources/Kernel/ElementaryMath+X.swift", "let a = exp(b)")).isEmpty)
    let mixed = file(
      "Sources/Kernel/Bad.swift", "extension ElementaryMath {", "  let a = exp(b)", "}", "let a = exp(b)")
    #expect(lines(BannedWords.findings(in: mixed)) == [4])
  }

  @Test("what is left for later")
  func leftovers() {
    let bad = file("Sources/Kernel/Bad.swift", "// TO" + "DO: later", "// FIX" + "ME", "let mastodon = 1")
    #expect(lines(BannedWords.leftovers(in: bad)) == [1, 2])
  }

  // MARK: Order of sets and dictionaries

  @Test("walks over a set or a dictionary")
  func unordered() {
    let bad = file(
      "Sources/Economy/Markets/Bad.swift", "var prices: [String: Int] = [:]", "let seen: Set<Int> = []",
      "for price in prices {", "for (name, price) in prices where price > 0 {", "prices.map { $0 }",
      "seen.forEach {",
      "for name in prices.keys {", "prices.values.reduce(0, +)", "for x in Set(array) {",
      "let first = seen.first")
    #expect(lines(UnorderedIteration.findings(in: bad)) == [3, 4, 5, 6, 7, 8, 9, 10])
  }

  @Test("looking up, counting and sorting first are fine")
  func ordered() {
    let good = file(
      "Sources/Economy/Markets/Good.swift", "var prices: [String: Int] = [:]", "let seen: Set<Int> = []",
      "let list: [Int] = []", "prices[\"a\"] = 1", "for name in prices.keys.sorted() {", "seen.contains(1)",
      "for x in list {", "list.map { $0 }", "for x in seen.sorted() {", "for x in prices[key] {",
      "let pricesOf = other.map { $0 }", "for x in prices.count {", "x ? [a: b] : c",
      "var rows: [(name: String, age: Int)] = []", "for row in rows {")
    #expect(UnorderedIteration.findings(in: good).isEmpty)
  }

  // MARK: Form

  @Test("a function too long, and one that is not")
  func longFunctions() {
    let body = Array(repeating: "    step()", count: 8)
    let text =
      ["struct A {", "  func long(", "    a: Int", "  ) throws -> Int {"] + body + [
        "  }", "  init(b: Int) {",
      ] + body
      + ["  }", "  func short() { step() }", "  var many: Int { 1 }", "}"]
    let bad = TextFile("Sources/Kernel/Bad.swift", text.joined(separator: "\n"))
    #expect(lines(Form.longFunctions([bad], beyond: 9)) == [2, 14])
    #expect(lines(Form.longFunctions([bad], beyond: 10)) == [2])
    #expect(Form.longFunctions([bad], beyond: 12).isEmpty)
    let requirement = file(
      "Sources/Kernel/P.swift", "protocol P {", "  func a()", "  func b()", "}", "let x = 1", "}")
    #expect(Form.longFunctions([requirement], beyond: 0).isEmpty)
  }

  @Test("a file too long, unless it is a table")
  func longFiles() {
    let text = String(repeating: "let x = 1\n", count: 11)
    #expect(lines(Form.longFiles([TextFile("Sources/Kernel/Bad.swift", text)], beyond: 10)) == [1])
    #expect(Form.longFiles([TextFile("Sources/Kernel/BadTables.swift", text)], beyond: 10).isEmpty)
    #expect(Form.longFiles([TextFile("Sources/Kernel/Good.swift", text)], beyond: 11).isEmpty)
  }

  @Test("a line too wide, in Swift and in a document")
  func wideLines() {
    let (fits, wide) = (String(repeating: "é", count: 110), String(repeating: "é", count: 111))
    #expect(lines(Form.wideLines(file("Sources/Kernel/Bad.swift", "// x", fits, wide))) == [3])
    #expect(Form.wideLines(file("Sources/Kernel/Good.swift", "f(\"\"\"", wide, "\"\"\")")).isEmpty)
    let document = String(repeating: "a", count: 126)
    #expect(lines(Form.wideLines(file("README.md", wide, document, "|" + document))) == [2])
    // What a program prints says what it says.
    let answers = file("README.md", "```", document, "```", document, "```sh", document, "```")
    #expect(lines(Form.wideLines(answers)) == [4, 6])
  }

  @Test("blanks at the end of a line, no line feed at the end of a file")
  func blanks() {
    #expect(lines(Form.blanks(file("README.md", "a", "b ", "c\t"))) == [2, 3])
    let table = ["| a |", "|---|", "| 1 |"]
    #expect(Form.headlessTables(TextFile("README.md", table.joined(separator: "\n"))).isEmpty)
    let split = (table + ["", "| 2 |"]).joined(separator: "\n")
    #expect(lines(Form.headlessTables(TextFile("README.md", split))) == [5])
    #expect(lines(Form.blanks(TextFile("Sources/Kernel/Bad.swift", "let a = 1"))) == [1])
    #expect(lines(Form.blanks(TextFile("Sources/Kernel/Bad.swift", "let a = 1\n\n"))) == [3])
  }

  @Test("a place on somebody's machine")
  func machinePlaces() {
    let bad = file(
      "README.md", "cd /wo" + "rk/rhodian", "cd /ro" + "ot/x", "cd /tmp" + "/wt", "in the work/room")
    #expect(Set(lines(Form.machinePlaces(bad))) == [1, 2, 3])
  }

  @Test("a type for other files without a comment")
  func undocumentedTypes() {
    let bad = file(
      "Sources/Kernel/Bad.swift", "package struct A {", "}", "/// What it is.", "package struct B {", "}",
      "/// What it is.", "@frozen", "public enum C {", "}", "package enum Tag {}", "struct Own {", "}",
      "package final class D {", "}")
    #expect(lines(Form.undocumentedTypes(bad)) == [1, 13])
  }

  // MARK: Catalogs

  @Test("a layer without a file, a file that is not in the catalog, a file without its layer")
  func layers() {
    let list = file(
      Catalogs.layersList, "  package static let all = [", "    Fund.self,", "    Gone.self,", "  ]")
    let folder = Catalogs.layersFolder
    let files = [
      file(folder + "Fund.swift", "package struct Fund: LossLayer {"), file(folder + "Extra.swift", ""),
      file(folder + "Gone.swift", "package struct Other: LossLayer {"),
    ]
    let catalogued = Catalogs.catalogued(in: list)
    #expect(catalogued == ["Fund", "Gone"])
    #expect(
      Catalogs.layers(files, catalogued: catalogued).map(\.path) == [
        folder + "Extra.swift", folder + "Gone.swift",
      ])
    #expect(Catalogs.layers([], catalogued: ["Fund"]).map(\.message) == ["Fund has no file in Layers/"])
  }

  @Test("an experiment without a question, picture, run time or command")
  func experimentHeaders() {
    let good = [
      "// Question: who pays?", "//", "// Expected picture: suppliers.", "// Run time: a second.",
      "// Run it:   rhodian run experiments/x.jsonc --out results/x", "{}",
    ]
    #expect(Catalogs.experimentHeader(TextFile("experiments/x.jsonc", good.joined(separator: "\n"))).isEmpty)
    #expect(
      Catalogs.experimentHeader(TextFile("experiments/y.jsonc", good.joined(separator: "\n"))).count == 1)
    for missing in [0, 2, 3, 4] {
      var lines = good
      lines.remove(at: missing)
      let findings = Catalogs.experimentHeader(TextFile("experiments/x.jsonc", lines.joined(separator: "\n")))
      #expect(!findings.isEmpty, "without \(good[missing])")
    }
  }

  @Test("a mutant's text stands in its file once")
  func mutants() {
    let source = file("Sources/A.swift", "one", "two", "two", "three")
    let list = file(
      "Tests/mutants/mutants.txt", "== found", "file: Sources/A.swift", "- one", "+ 1", "== twice",
      "file: Sources/A.swift", "- two", "== gone", "file: Sources/A.swift", "- two", "- four", "== nowhere",
      "file: Sources/B.swift", "- one")
    #expect(lines(Catalogs.mutants(list, in: [source])) == [5, 8, 12])
  }
}
