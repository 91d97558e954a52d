import Experiments
import Testing

/// Style is a test. Each rule is a function from files to findings; that each bites is shown in
/// `BadSnippetTests`.
@Suite struct TidyTests {
  @Test("there is something to look at")
  func files() {
    #expect(Repository.sources.count > 80)
    #expect(Repository.experiments.count >= 1)
  }

  @Test("a folder imports only those above it, and the engine imports no system library")
  func importOrder() { expectTidy(Repository.sources.flatMap(ModuleOrder.imports)) }

  @Test("inside a module a folder mentions only those above it", arguments: ["Economy", "Experiments"])
  func folderOrder(module: String) throws {
    for folder in try #require(ModuleOrder.folders[module]) {
      #expect(Repository.sources.contains { $0.path.hasPrefix("Sources/\(module)/\(folder)/") }, "\(folder)")
    }
    expectTidy(ModuleOrder.mentions(in: Repository.sources, module: module))
  }

  @Test("no machine's mathematics, clock, randomness or order; no trap; no process-wide state")
  func bannedWords() { expectTidy(Repository.sources.flatMap(BannedWords.findings)) }

  @Test("no walk over a set or a dictionary")
  func unorderedIteration() { expectTidy(Repository.sources.flatMap(UnorderedIteration.findings)) }

  @Test("nothing is left for later")
  func leftovers() {
    // Pictures in a notebook are letters that may spell anything; its source is read.
    let read = Repository.texts.filter {
      !$0.path.hasPrefix("Tests/TidyTests/") && !$0.path.hasSuffix(".ipynb")
    }
    expectTidy(read.flatMap(BannedWords.leftovers))
  }

  @Test("functions fit on a screen or two, files in a sitting")
  func lengths() {
    for finding in Form.longFunctions(Repository.sources, beyond: Form.functionLines.look)
      + Form.longFiles(Repository.swift, beyond: Form.fileLines.look)
    {
      print("worth a second look: \(finding)")
    }
    expectTidy(Form.longFunctions(Repository.sources, beyond: Form.functionLines.fail))
    expectTidy(Form.longFiles(Repository.swift, beyond: Form.fileLines.fail))
  }

  @Test("lines fit the page and end where they end")
  func lines() {
    // In tests the formatter keeps code within the page, and comments are their authors' business.
    let read = Repository.texts.filter { !$0.path.hasPrefix("Tests/") || !$0.path.hasSuffix(".swift") }
    expectTidy(read.flatMap(Form.wideLines) + Repository.texts.flatMap(Form.blanks))
    expectTidy(Repository.texts.flatMap(Form.headlessTables))
  }

  @Test("no file names a place on somebody's machine")
  func machinePlaces() { expectTidy(Repository.texts.flatMap(Form.machinePlaces)) }

  @Test("every type for other files says what it is")
  func documentedTypes() { expectTidy(Repository.sources.flatMap(Form.undocumentedTypes)) }

  @Test("every layer has its file, and every file in Layers/ is a layer of the catalog")
  func layers() throws {
    let list = try #require(Repository.sources.first { $0.path == Catalogs.layersList })
    let catalogued = Catalogs.catalogued(in: list)
    #expect(!catalogued.isEmpty)
    expectTidy(Catalogs.layers(Repository.sources, catalogued: catalogued))
  }

  @Test(
    "the page about writing a layer holds the layers that the tests compile and put under the laws",
    arguments: [(0, "ExampleLayer", 32), (1, "PromisingLayer", 45)])
  func examplePage(place: Int, file: String, lines: Int) throws {
    let page = try #require(
      Repository.texts.first { $0.path == "Sources/Rhodian.docc/WriteYourOwnLayer.md" })
    let example = try #require(
      Repository.swift.first { $0.path == "Tests/ConformanceTests/\(file).swift" })
    let blocks = page.text.matches(of: /```swift\n(?<code>(?s).*?)```/).map(\.code)
    try #require(blocks.count > place)
    // In the package itself a layer is part of Economy.
    #expect("import Economy\n" + blocks[place] == example.text)
    #expect(example.lines.count <= lines, "no longer than a page")
  }

  @Test("every small change that a test has to notice can be made")
  func mutants() throws {
    let list = try #require(Repository.texts.first { $0.path == "Tests/mutants/mutants.txt" })
    expectTidy(Catalogs.mutants(list, in: Repository.texts))
  }

  @Test("every experiment says its question, expected picture, run time and command, and can be read")
  func experiments() {
    expectTidy(Repository.experiments.flatMap(Catalogs.experimentHeader))
    for file in Repository.experiments {
      let source = SourceFile(name: file.path, bytes: Array(file.text.utf8))
      do {
        let config = try ExperimentConfig.read(ConfigReader.parse(source)).value
        #expect("experiments/\(config.name).jsonc" == file.path, "an experiment is named as its file is")
      } catch {
        Issue.record("\(error)")
      }
    }
  }
}
